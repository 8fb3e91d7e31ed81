import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { CoordinatorSettings } from '@consilium/coordinator';
import { ProgramProcess } from './program-process.js';

/** As built, also where this is run from its sources: a process of its own has no test runner to read those. */
const program = join(dirname(createRequire(import.meta.url).resolve('@consilium/coordinator')), '../dist/packed/main.js');

/** The coordinating centre: its data folder, and the process that works in it with a PostgreSQL of its own. */
export class LocalCoordinator {
  private readonly process = new ProgramProcess();

  constructor(
    readonly dataFolder: string,
    public port: number,
    private readonly settings: Partial<CoordinatorSettings> = {},
  ) {}

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  get isRunning(): boolean {
    return this.process.isRunning;
  }

  get ended(): Promise<void> {
    return this.process.ended;
  }

  get logFile(): string {
    return join(this.dataFolder, 'coordinator.log');
  }

  get administratorPasswordFile(): string {
    return join(this.dataFolder, 'administrator-password');
  }

  /** The private certificate authority made at the first start. */
  authority(): Promise<string> {
    return readFile(join(this.dataFolder, 'tls', 'authority.crt'), 'utf8');
  }

  /** Process id of the database server, or undefined when none wrote its file. */
  async databasePid(): Promise<number | undefined> {
    const text = await readFile(join(this.dataFolder, 'database', 'cluster', 'postmaster.pid'), 'utf8').catch(() => '');
    const pid = Number(text.split('\n')[0]);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  }

  /** Resolves when it answers at its address. */
  async start(): Promise<void> {
    // Others may pass through: the database below may run as another account (see createCoordinator).
    await mkdir(this.dataFolder, { recursive: true, mode: 0o711 });
    const file = join(this.dataFolder, 'coordinator.json');
    const settings: CoordinatorSettings = { host: '127.0.0.1', ...this.settings, port: this.port, dataFolder: this.dataFolder };
    await writeFile(file, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
    await this.process.start({ command: [program, file], logFile: this.logFile, announces: true });
  }

  kill(): Promise<void> {
    return this.process.kill();
  }

  /** In order: executions, connections, and the database last. */
  stop(): Promise<void> {
    return this.process.stop();
  }
}
