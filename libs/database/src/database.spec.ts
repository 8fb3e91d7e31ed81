import { EntitySchema, type MigrationInterface, type QueryRunner } from 'typeorm';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { createDataSource } from './data-source.js';
import { openDatabase } from './open-database.js';
import { acquireRunLock } from './run-lock.js';
import { testDatabase, type TestDatabase } from './testing.js';

let database: TestDatabase;
let outside: pg.Client;
beforeAll(async () => {
  database = await testDatabase();
  outside = new pg.Client({ connectionString: database.url });
  outside.on('error', () => undefined);
  await outside.connect();
});
afterAll(async () => {
  await outside.end();
  await database.drop();
});

interface Site {
  id: number;
  name: string;
}
const siteEntity = new EntitySchema<Site>({ name: 'site', columns: { id: { type: 'int', primary: true }, name: { type: 'text' } } });

class CreateSite1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE site (id int PRIMARY KEY, name text NOT NULL)');
    // Long enough for the others of the test to arrive meanwhile.
    await runner.query('SELECT pg_sleep(0.1)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE site');
  }
}
class FailingMigration1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE half_done (id int)');
    await runner.query('SELECT no_such_column');
  }
  async down(): Promise<void> {}
}

const endSessions = (name: string) => outside.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [name]);

describe('the data source', () => {
  it('runs migrations once when five processes start together', async () => {
    const settings = { url: database.url, entities: [siteEntity], migrations: [CreateSite1700000000000] };
    const sources = await Promise.all(Array.from({ length: 5 }, () => createDataSource(settings)));
    const repository = sources[0]!.getRepository(siteEntity);
    await repository.save({ id: 1, name: 'Köln' });
    expect(await sources[4]!.getRepository(siteEntity).find()).toEqual([{ id: 1, name: 'Köln' }]);
    expect((await outside.query('SELECT name FROM migration')).rows).toEqual([{ name: 'CreateSite1700000000000' }]);
    await Promise.all(sources.map((source) => source.destroy()));
  });

  it('keeps nothing of a migration that fails, and leaves no connection behind', async () => {
    const settings = { url: database.url, entities: [], migrations: [CreateSite1700000000000, FailingMigration1700000000001], applicationName: 'failing' };
    await expect(createDataSource(settings)).rejects.toMatchObject({ driverError: { code: '42703' } });
    expect((await outside.query(`SELECT to_regclass('half_done') AS found`)).rows).toEqual([{ found: null }]);
    await expect.poll(async () => (await outside.query(`SELECT FROM pg_stat_activity WHERE application_name = 'failing'`)).rowCount).toBe(0);
  });

  it('opens new connections by itself after the server ended its sessions', async () => {
    const onConnectionLost = vi.fn();
    const opened = await openDatabase({ url: database.url });
    const source = await opened.dataSource({ entities: [], applicationName: 'ended', onConnectionLost });
    await endSessions('ended');
    await expect.poll(() => onConnectionLost.mock.calls.length).toBe(1);
    expect(await source.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await source.destroy();
    await opened.stop();
    expect(opened).toMatchObject({ url: database.url, supervised: false });
  });
});

describe('the lock of a run', () => {
  const never = () => expect.unreachable('the lock was not lost');

  it('is held by one at a time, run by run, and free after its release', async () => {
    const one = await acquireRunLock(database.url, 'run 1', { onLost: never });
    expect(one?.held).toBe(true);
    expect(await acquireRunLock(database.url, 'run 1', { onLost: never })).toBeUndefined();
    const two = await acquireRunLock(database.url, 'run 2', { onLost: never });
    expect(two?.held).toBe(true);
    await one?.release();
    expect(one?.held).toBe(false);
    const again = await acquireRunLock(database.url, 'run 1', { onLost: never });
    expect(again?.held).toBe(true);
    await Promise.all([two?.release(), again?.release()]);
  });

  it('tells its holder once when its connection dies, and is free for another', async () => {
    const onLost = vi.fn();
    const lock = await acquireRunLock(database.url, 'run 3', { onLost });
    await endSessions('consilium run lock');
    await expect.poll(() => onLost.mock.calls.length).toBe(1);
    expect(lock?.held).toBe(false);
    const next = await acquireRunLock(database.url, 'run 3', { onLost: never });
    expect(next?.held).toBe(true);
    await next?.release();
    await lock?.release();
    expect(onLost).toHaveBeenCalledTimes(1);
  });

  it('lives on heartbeats: it stays through many of the times after which the server would free a silent one', async () => {
    const lock = await acquireRunLock(database.url, 'run 4', { onLost: never, heartbeatMilliseconds: 20, answerWithinMilliseconds: 60 });
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(lock?.held).toBe(true);
    await lock?.release();
  });

  it('is freed by the server when its holder falls silent, and the holder learns of it', async () => {
    const onLost = vi.fn();
    const lock = await acquireRunLock(database.url, 'run 5', { onLost, heartbeatMilliseconds: 20, answerWithinMilliseconds: 60 });
    // Without its heartbeats this holder is as silent as one whose network went away.
    clearInterval((lock as unknown as { timer: NodeJS.Timeout }).timer);
    await expect.poll(() => onLost.mock.calls.length, { timeout: 5_000 }).toBe(1);
    const next = await acquireRunLock(database.url, 'run 5', { onLost: never });
    expect(next?.held).toBe(true);
    await next?.release();
  });
});

describe('databases for suites', () => {
  it('are empty, apart from one another, and gone after they are dropped', async () => {
    const other = await testDatabase();
    const source = await createDataSource({ url: other.url, entities: [] });
    expect(await source.query(`SELECT to_regclass('site') AS found`)).toEqual([{ found: null }]);
    await source.destroy();
    await other.drop();
    const name = new URL(other.url.replace('@/', '@host/')).pathname.slice(1);
    expect((await outside.query('SELECT FROM pg_database WHERE datname = $1', [name])).rowCount).toBe(0);
  });
});
