import { createHash } from 'node:crypto';

import pg from 'pg';

/** A name as PostgreSQL's 64-bit advisory lock key. */
export function advisoryKey(name: string): string {
  return createHash('sha256').update(name, 'utf8').digest().readBigInt64BE(0).toString();
}

/** A connection of its own, closed by the caller. An error on it is not thrown into the process; 'end' follows it. */
export async function connectAlone(url: string, applicationName: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: applicationName, keepAlive: true, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Waits for the lock, does `action`, and frees the lock with its connection. */
export async function withSessionLock<T>(url: string, name: string, action: () => Promise<T>): Promise<T> {
  const client = await connectAlone(url, 'consilium lock');
  try {
    await client.query('SELECT pg_advisory_lock($1::bigint)', [advisoryKey(name)]);
    return await action();
  } finally {
    await client.end().catch(() => undefined);
  }
}
