import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { openDatabase } from '@consilium/database';
import { createLogger, Shutdown } from '@consilium/operations';
import { createIdentityFile, loadIdentity, type Identity } from '@consilium/secure-channel';
import { systemClock, type Clock } from './clock.js';
import {
  configurationMistakes,
  coordinatorConfigurationSchema,
  databaseUrlOf,
  type CoordinatorConfiguration,
  type CoordinatorSettings,
} from './configuration.js';
import type { Log } from './log.js';
import type { CentreAddress } from './sites/sites.service.js';
import { createApplication } from './http/create-application.js';
import { ensureAdministrator } from './people/first-administrator.js';
import type { RunProgram } from './runs/run-execution.js';
import { entities, migrations } from './schema.js';
import { serverKeys } from './server-certificate.js';
import { assembleServices, planProgram, type Services } from './services.js';

export interface Coordinator {
  /** Listens and takes up unfinished runs. */
  start(): Promise<void>;
  /** Executions, gateway, HTTP, and the database last. True when every part closed. */
  stop(): Promise<boolean>;
  /** Where it can be reached; known after start. */
  readonly url: string;
  readonly identity: Identity;
  /** The private CA, for clients of this machine; null with other certificates. */
  readonly caPem: string | null;
  readonly caDigest: string | null;
  readonly databaseUrl: string;
  /** The file with the first administrator's password, when this start made it. */
  readonly administratorPasswordFile: string | null;
  /** The use cases, for programs that live in the same process. */
  readonly services: Services;
}

export interface CoordinatorReplacements {
  readonly clock?: Clock;
  readonly program?: RunProgram;
}

/** A coordinator over its data folder: made at the first start, found again at every other. */
export async function createCoordinator(settings: CoordinatorSettings, replacements: CoordinatorReplacements = {}): Promise<Coordinator> {
  const configuration = coordinatorConfigurationSchema.parse(settings);
  const mistakes = configurationMistakes(configuration);
  if (mistakes.length > 0) throw new Error(`The configuration has mistakes. Nothing was started. ${mistakes.join(' ')}`);
  const { dataFolder, logLevel, logFile } = configuration;
  // Others may pass through but not list it: started by root, PostgreSQL runs as another account below it. What is secret has its own modes.
  await mkdir(dataFolder, { recursive: true, mode: 0o711 });
  const logger = createLogger({ name: 'coordinator', level: logLevel, ...(logFile === undefined ? {} : { destination: logFile }) });
  const shutdown = new Shutdown({ onProblem: (part, error) => logger.error({ part, err: error }, 'a part did not close') });
  try {
    return await build(configuration, replacements, { logger, shutdown });
  } catch (error) {
    await shutdown.close();
    throw error;
  }
}

interface Surroundings {
  readonly logger: Log;
  readonly shutdown: Shutdown;
}

/** Opens and assembles everything; each part is closed by `shutdown`, last opened first. */
async function build(
  configuration: CoordinatorConfiguration,
  replacements: CoordinatorReplacements,
  surroundings: Surroundings,
): Promise<Coordinator> {
  const { logger, shutdown } = surroundings;
  const { dataFolder, host, port, publicUrl, oidc } = configuration;
  const { database, databaseUrl } = await openTables(configuration, surroundings);
  const keys = await serverKeys(configuration);
  const identity = await ensureIdentity(join(dataFolder, 'identity.json'));
  const { clock = systemClock, program = planProgram } = replacements;
  let reached = publicUrl ?? '';
  const address = (): CentreAddress => ({ url: reached, ca: keys.caDigest });
  const services = await assembleServices({ database, databaseUrl, dataFolder, identity, clock, logger, program, address, oidc });
  const administratorPasswordFile = await ensureAdministrator(services.people, dataFolder);
  const application = await createApplication(services, database, { keys, logger });
  shutdown.register('http', () => application.close());
  const start = async (): Promise<void> => {
    const server: Server = application.getHttpServer();
    await application.listen(port, host);
    if (reached === '') reached = localUrl(server, host, keys.tls !== undefined);
    services.gateway.start(server);
    shutdown.register('gateway', () => services.gateway.stop());
    services.supervisor.start();
    shutdown.register('executions', () => services.supervisor.stop());
    logger.info({ url: reached }, 'the coordinator is up');
  };
  return {
    start,
    stop: () => shutdown.close(),
    identity,
    services,
    administratorPasswordFile,
    caPem: keys.caPem,
    caDigest: keys.caDigest,
    databaseUrl,
    get url() {
      return reached;
    },
  };
}

async function openTables(
  configuration: CoordinatorConfiguration,
  { logger, shutdown }: Surroundings,
): Promise<{ database: DataSource; databaseUrl: string }> {
  const url = databaseUrlOf(configuration);
  const log = (level: 'info' | 'warn', sentence: string): void => logger[level](sentence);
  const opened = await openDatabase(url === undefined ? { dataFolder: join(configuration.dataFolder, 'database') } : { url }, { log });
  shutdown.register('database', () => opened.stop());
  const onWait = (): void => logger.warn('the database is away; the coordinator waits');
  const settings = { entities, migrations, applicationName: 'consilium coordinator', onConnectionLost: onWait };
  const database = await opened.dataSource(settings, { onWait });
  shutdown.register('data source', () => database.destroy());
  return { database, databaseUrl: opened.url };
}

const localUrl = (server: Server, host: string, secure: boolean): string =>
  `${secure ? 'https' : 'http'}://${host === '0.0.0.0' ? 'localhost' : host}:${(server.address() as AddressInfo).port}`;

async function ensureIdentity(path: string): Promise<Identity> {
  try {
    return await createIdentityFile(path);
  } catch {
    // It is there already; loadIdentity says what is wrong with it, if anything is.
    return loadIdentity(path);
  }
}
