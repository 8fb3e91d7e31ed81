import { DataSource, type DataSourceOptions, type EntitySchema, type LogLevel, type Logger, type MixedList } from 'typeorm';

import { withSessionLock } from './session-lock.js';

type Classes = MixedList<new (...parameters: never[]) => unknown>;

export interface DataSourceSettings {
  /** A PostgreSQL URL; `openDatabase` gives one. */
  readonly url: string;
  readonly entities: MixedList<(new (...parameters: never[]) => unknown) | EntitySchema>;
  /** In order of the time stamp in their names. Run before the promise resolves, by one process at a time. */
  readonly migrations?: Classes;
  readonly poolSize?: number;
  readonly applicationName?: string;
  /** None by default: failures reach the caller as rejections. */
  readonly logger?: Logger;
  readonly logLevels?: readonly LogLevel[];
  /** Told when an idle connection of the pool breaks. The pool opens another by itself. */
  readonly onConnectionLost?: (error: Error) => void;
}

/** TypeORM's own would write to the console. */
const quiet: Logger = {
  logQuery: () => undefined,
  logQueryError: () => undefined,
  logQuerySlow: () => undefined,
  logSchemaBuild: () => undefined,
  logMigration: () => undefined,
  log: () => undefined,
};

const migrationLock = 'consilium migrations';

/** TypeORM's options for these settings. The schema changes by migrations only, never by synchronising. */
export function dataSourceOptions(settings: DataSourceSettings): DataSourceOptions {
  const { url, entities, migrations, poolSize = 10, applicationName = 'consilium', logger = quiet, logLevels, onConnectionLost } = settings;
  return {
    type: 'postgres',
    url,
    entities: entities as never,
    migrations: (migrations ?? []) as never,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'all',
    synchronize: false,
    poolSize,
    applicationName,
    logging: logLevels ? [...logLevels] : false,
    logger,
    poolErrorHandler: (error: unknown) => onConnectionLost?.(error instanceof Error ? error : new Error(String(error))),
    // The driver reads the whole URL itself, so that socket folders and TLS settings in it mean the same everywhere.
    extra: { connectionString: url, keepAlive: true },
  };
}

/** An open data source whose migrations have run. Rejects while the server is away: wrap it in `retryWhileDown` to wait. */
export async function createDataSource(settings: DataSourceSettings): Promise<DataSource> {
  const dataSource = new DataSource(dataSourceOptions(settings));
  await dataSource.initialize();
  try {
    if (dataSource.migrations.length > 0) await runMigrations(dataSource, settings.url);
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
  return dataSource;
}

/** Runs what is new, all or nothing. Processes that start together wait for one another. */
export async function runMigrations(dataSource: DataSource, url: string): Promise<readonly string[]> {
  return withSessionLock(url, migrationLock, async () => (await dataSource.runMigrations()).map(({ name }) => name));
}
