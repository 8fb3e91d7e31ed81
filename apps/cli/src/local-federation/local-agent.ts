import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { siteFolder, verifyLedger, type SiteFolder } from '@consilium/site-agent';
import { ProgramProcess } from './program-process.js';
import { redirectSite } from './site-folders.js';

/** As built, also where this is run from its sources: a process of its own has no test runner to read those. */
const program = join(dirname(createRequire(import.meta.url).resolve('@consilium/site-agent')), '../dist/packed/main.js');

/** One site's agent: its folder, and the process that works in it. */
export class LocalAgent {
  private readonly process = new ProgramProcess();

  constructor(
    readonly site: string,
    /** The site's folder, also for the command line and the functions of @consilium/site-agent. */
    readonly root: string,
  ) {}

  get folder(): SiteFolder {
    return siteFolder(this.root);
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  get isRunning(): boolean {
    return this.process.isRunning;
  }

  /** Its log, and what it said when it ended by itself. */
  get logFile(): string {
    return join(this.folder.logs, 'output.log');
  }

  /** Where the agent looks for its coordinator from its next start on, for example a relay before it. */
  redirect(url: string): Promise<void> {
    return redirectSite(this.root, url);
  }

  /** `preload`: modules that Node loads first, with which a suite makes another machine of this one (its clock, its release). */
  async start({ preload = [] }: { readonly preload?: readonly string[] } = {}): Promise<void> {
    const command = [...preload.flatMap((file) => ['--import', file]), program, this.root];
    await this.process.start({ command, logFile: this.logFile, announces: false });
  }

  kill(): Promise<void> {
    return this.process.kill();
  }

  stop(): Promise<void> {
    return this.process.stop();
  }

  verifyLedger(): ReturnType<typeof verifyLedger> {
    return verifyLedger(this.folder.ledger);
  }
}
