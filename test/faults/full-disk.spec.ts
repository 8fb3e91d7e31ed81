import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { retryWhileDown } from '@consilium/database';
import { testDatabase } from '@consilium/database/testing';
import { smallDisk } from '@consilium/operations/testing';
import pg from 'pg';
import { describe, expect, it } from 'vitest';

describe('fault 27: a database on a small disk of its own', () => {
  it('that is full keeps what it has, makes what is to be written wait, and writes it when there is room again', async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'consilium-full-'));
    // Started by root, the server runs as another account, which passes through here.
    await chmod(folder, 0o711);
    const disk = await smallDisk(join(folder, 'disk'), 2048);
    if (!disk) {
      await rm(folder, { recursive: true, force: true });
      return context.skip('This account may mount no file system.');
    }
    const database = await testDatabase();
    const client = new pg.Client({ connectionString: database.url });
    const space = `small_${randomBytes(6).toString('hex')}`;
    try {
      await client.connect();
      const { rows: [server] } = await client.query<{ data_directory: string }>('SHOW data_directory');
      const { uid, gid } = await stat(server!.data_directory);
      await chown(disk.folder, uid, gid);
      await client.query(`CREATE TABLESPACE ${space} LOCATION '${disk.folder}'`);
      await client.query(`CREATE TABLE others (bytes bytea) TABLESPACE ${space}; CREATE TABLE kept (n int) TABLESPACE ${space}`);
      await client.query('ALTER TABLE others ALTER bytes SET STORAGE EXTERNAL; INSERT INTO kept SELECT generate_series(1, 200)');
      const fill = async (): Promise<never> => {
        for (;;) await client.query('INSERT INTO others VALUES ($1)', [Buffer.alloc(100_000, 'x')]);
      };
      await expect(fill()).rejects.toMatchObject({ code: '53100' });
      const waits: number[] = [];
      const write = () => client.query('INSERT INTO kept SELECT generate_series(201, 20000)');
      await retryWhileDown(write, {
        signal: AbortSignal.timeout(20_000),
        onWait: ({ attempt }) => {
          waits.push(attempt);
          if (attempt === 1) void client.query('DROP TABLE others');
        },
      });
      expect(waits.length).toBeGreaterThan(0);
      expect((await client.query<{ count: string }>('SELECT count(*) FROM kept')).rows).toEqual([{ count: '20000' }]);
    } finally {
      await client.query('DROP TABLE IF EXISTS others, kept').then(() => client.query(`DROP TABLESPACE IF EXISTS ${space}`));
      await client.end();
      await database.drop();
      await disk.remove();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
