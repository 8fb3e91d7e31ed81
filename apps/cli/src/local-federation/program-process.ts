import { LARGE_PAGES } from '@consilium/operations';
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

export interface ProgramOptions {
  /** The program's file, and its arguments. */
  readonly command: readonly string[];
  /** Where its output goes, added to what is there. */
  readonly logFile: string;
  /** Resolves with the program's first message over its channel instead of when it was spawned. */
  readonly announces: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

const START_MILLISECONDS = 120_000;

/**
 * A program of this project as a process of its own. In a session of its own too: Ctrl-C in a terminal reaches the parent alone, which ends
 * its programs in order.
 */
export class ProgramProcess {
  private child: ChildProcess | undefined;
  private gone: Promise<void> = Promise.resolve();

  get pid(): number | undefined {
    return this.isRunning ? this.child?.pid : undefined;
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves when the process has ended. */
  get ended(): Promise<void> {
    return this.gone;
  }

  async start({ command, logFile, announces, environment }: ProgramOptions): Promise<unknown> {
    if (this.isRunning) throw new Error('The program runs already.');
    const log = openSync(logFile, 'a', 0o600);
    const child = spawn(process.execPath, [...command], {
      detached: true,
      stdio: ['ignore', log, log, ...(announces ? (['ipc'] as const) : [])],
      env: { ...LARGE_PAGES, ...inherited(), ...environment },
    });
    closeSync(log);
    this.child = child;
    this.gone = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    return announces ? this.announcement(child, logFile) : undefined;
  }

  /** SIGKILL, as a power cut would: resolves when the process is gone. */
  async kill(): Promise<void> {
    if (this.isRunning) this.child!.kill('SIGKILL');
    await this.gone;
  }

  /** SIGTERM, and what it takes to end in order. */
  async stop(patienceMilliseconds = 60_000): Promise<void> {
    if (!this.isRunning) return;
    this.child!.kill('SIGTERM');
    const insist = setTimeout(() => this.child!.kill('SIGKILL'), patienceMilliseconds);
    await this.gone;
    clearTimeout(insist);
  }

  private async announcement(child: ChildProcess, logFile: string): Promise<unknown> {
    const said = await new Promise<unknown>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`The program did not come up in ${START_MILLISECONDS / 1000} s. Its output is in ${logFile}.`)), START_MILLISECONDS);
      child.once('message', (message) => {
        clearTimeout(late);
        resolve(message);
      });
      void this.gone.then(() => {
        clearTimeout(late);
        reject(new Error(`The program ended while it started. Its output is in ${logFile}.`));
      });
    });
    // The parent may end before its child.
    child.disconnect();
    child.unref();
    return said;
  }
}

/** Settings of this process are not those of its programs: each has its own file. */
const inherited = (): NodeJS.ProcessEnv => Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CONSILIUM_')));
