import { ConsiliumError } from '@consilium/protocol';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { CONSOLE_SOURCES, type ConsoleSources } from './console-parts.js';
import { consoleAddress, readConsoleAccess } from './console-password.js';

const LOOK_MILLISECONDS = 1000;

/**
 * Opens the console when a password has been set, and moves it when another port has. Without a password nothing listens, and nothing of the
 * web server is loaded.
 */
@Injectable()
export class ConsoleService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private opened: { readonly port: number; close(): Promise<void> } | undefined;
  private looking: Promise<void> = Promise.resolve();
  private told = '';
  private ended = false;

  constructor(@Inject(CONSOLE_SOURCES) private readonly sources: ConsoleSources) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.look();
    // What goes wrong here is the console's trouble, never the agent's.
    const fault = (error: unknown): void => this.sources.runtime.logger.error({ code: (error as NodeJS.ErrnoException).code }, 'The console met a fault.');
    this.timer = setInterval(() => {
      this.looking = this.looking.then(() => this.look()).catch(fault);
    }, LOOK_MILLISECONDS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.ended = true;
    clearInterval(this.timer);
    await this.looking;
    await this.opened?.close();
    await this.sources.patients.close();
  }

  private async look(): Promise<void> {
    const access = readConsoleAccess(this.sources.site.folder);
    if (this.ended || access?.port === this.opened?.port) return;
    await this.opened?.close();
    this.opened = undefined;
    if (!access) return;
    const { logger } = this.sources.runtime;
    try {
      const { openConsole } = await import('./open-console.js');
      this.opened = { port: access.port, ...(await openConsole({ ...this.sources, access })) };
      this.tell('');
      logger.info({ address: consoleAddress(access) }, 'The console is open on this machine.');
    } catch (error) {
      if (error instanceof ConsiliumError) this.tell(error.message, error.code);
      else logger.error({ err: error }, 'The console could not be opened. The agent works without it.');
    }
  }

  /** Once, not at every look. */
  private tell(sentence: string, code?: string): void {
    if (sentence !== '' && sentence !== this.told) this.sources.runtime.logger.warn({ code }, sentence);
    this.told = sentence;
  }
}
