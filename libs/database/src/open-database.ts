import type { DataSource } from 'typeorm';

import { createDataSource, type DataSourceSettings } from './data-source.js';
import { retryWhileDown, type RetryOptions } from './retry-while-down.js';
import type { AccountIds } from './server/server-account.js';
import { PostgresSupervisor } from './server/supervisor.js';

/** Either a PostgreSQL by its URL, looked after by others, or a data folder with one of its own. */
export type DatabaseChoice = { readonly url: string } | { readonly dataFolder: string };

export interface OpenDatabaseOptions {
  /** Whom the supervised server runs as when this process is root. */
  readonly account?: AccountIds;
  readonly log?: (level: 'info' | 'warn', sentence: string) => void;
}

export interface Database {
  readonly url: string;
  /** Whether the server belongs to this process: `stop` then stops it. */
  readonly supervised: boolean;
  /** Opens a data source and runs its migrations, waiting for as long as the server is away. */
  dataSource(settings: Omit<DataSourceSettings, 'url'>, waiting?: RetryOptions): Promise<DataSource>;
  /** Last thing to be called, when every connection is closed. */
  stop(): Promise<void>;
}

/** Opens the database of an application. With a data folder: makes, starts or adopts the server there and looks after it until `stop`. */
export async function openDatabase(choice: DatabaseChoice, options: OpenDatabaseOptions = {}): Promise<Database> {
  const supervisor = 'url' in choice ? undefined : await PostgresSupervisor.start(choice.dataFolder, options);
  const url = 'url' in choice ? choice.url : (supervisor?.url ?? '');
  return {
    url,
    supervised: supervisor !== undefined,
    dataSource: (settings, waiting) => retryWhileDown(() => createDataSource({ ...settings, url }), waiting),
    stop: async () => supervisor?.stop(),
  };
}
