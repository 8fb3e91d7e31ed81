import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { openDatabase } from '../open-database.js';
import { retryWhileDown } from '../retry-while-down.js';
import { testCluster } from '../testing.js';
import { copyCluster } from './cluster.js';
import { processesIn, processState } from './processes.js';
import { PostgresSupervisor } from './supervisor.js';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const folders: string[] = [];
let template: string;
let dataFolder: string;
const children: ChildProcess[] = [];
const supervisors: PostgresSupervisor[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'supervised-'));
  folders.push(folder);
  return folder;
}

/** A data folder of its own, for a test that damages it. The others find theirs stopped and whole. */
async function newDataFolder(): Promise<string> {
  const folder = await newFolder();
  await copyCluster(template, folder);
  return folder;
}

beforeAll(async () => {
  template = await newFolder();
  await testCluster(template);
  dataFolder = await newDataFolder();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const supervisor of supervisors.splice(0)) await supervisor.stop();
});
afterAll(async () => {
  for (const folder of folders) {
    for (const pid of await processesIn(join(folder, 'cluster'))) process.kill(pid, 'SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
});

async function start(folder = dataFolder, options = {}): Promise<PostgresSupervisor> {
  const supervisor = await PostgresSupervisor.start(folder, options);
  supervisors.push(supervisor);
  return supervisor;
}

interface Supervising {
  readonly child: ChildProcess;
  readonly url: string;
  readonly pid: number;
}

async function startInAnotherProcess(): Promise<Supervising> {
  const child = spawn(process.execPath, [fixture('supervise.mjs'), dataFolder], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, ...(JSON.parse(line.toString()) as { url: string; pid: number }) };
}

async function kill({ child }: Supervising, name: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  const gone = once(child, 'exit');
  child.kill(name);
  await gone;
}

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client.query<T>(sql).then(({ rows }) => rows).finally(() => client.end());
}

const remember = (url: string) => query(url, `DROP TABLE IF EXISTS kept; CREATE TABLE kept (n int); INSERT INTO kept VALUES (42)`);
const recall = (url: string) => query<{ n: number }>(url, 'SELECT n FROM kept');

describe('the supervisor', () => {
  it('serves without a port, to this account only, with what a commit says already on the disk', async () => {
    const { url } = await start();
    const settings = await query<{ name: string; setting: string }>(
      url,
      `SELECT name, setting FROM pg_settings
       WHERE name IN ('listen_addresses', 'fsync', 'synchronous_commit', 'full_page_writes', 'server_encoding', 'TimeZone')`,
    );
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      listen_addresses: '', fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', server_encoding: 'UTF8', TimeZone: 'UTC',
    });
    const host = new URLSearchParams(url.split('?')[1]).get('host') ?? '';
    expect((await stat(host)).mode & 0o777).toBe(0o700);
    expect((await stat(join(dataFolder, 'password'))).mode & 0o777).toBe(0o600);
    await expect(query(url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('adopts the server that a killed supervisor left running', async () => {
    const first = await startInAnotherProcess();
    await remember(first.url);
    await kill(first);
    expect(await processState(first.pid)).toBe('running');
    const second = await start();
    expect(second.pid).toBe(first.pid);
    expect(await recall(second.url)).toEqual([{ n: 42 }]);
  });

  it('starts again after the supervisor was killed and then the server', async () => {
    const first = await startInAnotherProcess();
    await remember(first.url);
    await kill(first);
    process.kill(first.pid, 'SIGKILL');
    expect(await recall((await start()).url)).toEqual([{ n: 42 }]);
  });

  it('starts again after the server was killed and then the supervisor', async () => {
    const first = await startInAnotherProcess();
    await remember(first.url);
    process.kill(first.pid, 'SIGKILL');
    await kill(first);
    expect(await recall((await start()).url)).toEqual([{ n: 42 }]);
  });

  it('starts a killed server again at the same URL, and again', async () => {
    const supervisor = await start();
    await remember(supervisor.url);
    for (let round = 0; round < 2; round += 1) {
      const { pid, url } = supervisor;
      process.kill(pid, 'SIGKILL');
      const waits: number[] = [];
      const rows = await retryWhileDown(() => recall(url), { signal: AbortSignal.timeout(20_000), onWait: ({ attempt }) => waits.push(attempt) });
      expect(rows).toEqual([{ n: 42 }]);
      await expect.poll(() => supervisor.pid).not.toBe(pid);
      expect(supervisor.url).toBe(url);
    }
  });

  it('goes on when a single session is killed and PostgreSQL recovers by itself', async () => {
    const supervisor = await start();
    const client = new pg.Client({ connectionString: supervisor.url });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const { pid } = supervisor;
    process.kill(rows[0]!.pid, 'SIGKILL');
    await sleep(50);
    expect(await retryWhileDown(() => query(supervisor.url, 'SELECT 1 AS one'), { signal: AbortSignal.timeout(20_000) })).toEqual([{ one: 1 }]);
    expect(supervisor.pid).toBe(pid);
  });

  it('makes a new socket when a cleaner of temporary folders took it away', async () => {
    const supervisor = await start(dataFolder, { socketCheckMilliseconds: 100 });
    await rm(new URLSearchParams(supervisor.url.split('?')[1]).get('host')!, { recursive: true });
    expect(await retryWhileDown(() => query(supervisor.url, 'SELECT 1 AS one'), { signal: AbortSignal.timeout(20_000) })).toEqual([{ one: 1 }]);
  });

  it('refuses a folder that another living supervisor looks after, in this process or another', async () => {
    const other = await startInAnotherProcess();
    await expect(start()).rejects.toMatchObject({ code: 'E701' });
    await kill(other);
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'E701' });
  });

  it('takes over the lock of a process whose number belongs to another program now', async () => {
    await writeFile(join(dataFolder, 'supervisor.lock'), JSON.stringify({ pid: 1, identity: 'an earlier boot', nonce: '0' }));
    expect(await query((await start()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('removes the file of a dead server whose number belongs to another program, and leaves that program alone', async () => {
    const cluster = join(dataFolder, 'cluster');
    const { uid, gid } = await stat(cluster);
    const other = spawn('sleep', ['60'], { uid, gid });
    children.push(other);
    await writeFile(join(cluster, 'postmaster.pid'), `${other.pid}\n${cluster}\n0\n5432\n/tmp/none\n\n\nready\n`);
    await chown(join(cluster, 'postmaster.pid'), uid, gid);
    expect((await start()).pid).not.toBe(other.pid);
    expect(await processState(other.pid!)).toBe('running');
  });

  it('runs beside others on one machine', async () => {
    const beside = await newDataFolder();
    const [one, two] = await Promise.all([start(), start(beside)]);
    await remember(one.url);
    await expect(recall(two.url)).rejects.toMatchObject({ code: '42P01' });
  });

  it('stops the server when told to, and leaves no process and no socket', async () => {
    const supervising = await startInAnotherProcess();
    await kill(supervising, 'SIGTERM');
    expect(supervising.child.exitCode).toBe(0);
    expect(await processesIn(join(dataFolder, 'cluster'))).toEqual([]);
    await expect(stat(new URLSearchParams(supervising.url.split('?')[1]).get('host')!)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(dataFolder)).not.toContain('supervisor.lock');
  });

  it('fault 27: makes a whole cluster where a crash left half of one', async () => {
    const fresh = await newFolder();
    await mkdir(join(fresh, 'initialising-abc123'));
    await writeFile(join(fresh, 'initialising-abc123', 'PG_VERSION'), '18\n');
    expect(await query((await start(fresh)).url, 'SELECT current_database() AS name')).toEqual([{ name: 'consilium' }]);
    expect((await readdir(fresh)).filter((name) => name.startsWith('initialising'))).toEqual([]);
  });

  it('leaves a folder of another PostgreSQL version as it is and says so', async () => {
    const old = await newDataFolder();
    await writeFile(join(old, 'cluster', 'PG_VERSION'), '15\n');
    await expect(start(old)).rejects.toMatchObject({ code: 'E705', message: expect.stringMatching(/made by PostgreSQL 15; this release includes 18/) });
  });

  it('reports why the server ended while it started, in the cause only', async () => {
    const damaged = await newDataFolder();
    await writeFile(join(damaged, 'cluster', 'postgresql.conf'), 'no_such_setting = 1\n');
    await expect(start(damaged)).rejects.toMatchObject({ code: 'E704', cause: { message: expect.stringContaining('no_such_setting') } });
    expect(await readFile(join(damaged, 'postgresql.log'), 'utf8')).toContain('no_such_setting');
  });

  it('carries an application through the death of its server: what waits goes on by itself', async () => {
    const database = await openDatabase({ dataFolder });
    const source = await database.dataSource({ entities: [] });
    await source.query('DROP TABLE IF EXISTS kept; CREATE TABLE kept (n int PRIMARY KEY)');
    const insert = (n: number) =>
      retryWhileDown(() => source.query('INSERT INTO kept VALUES ($1) ON CONFLICT DO NOTHING', [n]), { signal: AbortSignal.timeout(20_000) });
    for (let n = 0; n < 20; n += 1) {
      if (n % 7 === 3) for (const pid of await processesIn(join(dataFolder, 'cluster'))) process.kill(pid, 'SIGKILL');
      await insert(n);
    }
    expect(await source.query('SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 20 }]);
    expect(database.supervised).toBe(true);
    await source.destroy();
    await database.stop();
    await expect(recall(database.url)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('refuses to copy a database that runs, or over another', async () => {
    await start();
    await expect(copyCluster(dataFolder, await newFolder())).rejects.toMatchObject({ code: 'E701' });
    await expect(copyCluster(template, dataFolder)).rejects.toMatchObject({ code: 'E701' });
  });
});

const namespace = ['--pid', '--fork', '--mount-proc', ...(process.getuid?.() === 0 ? [] : ['--user', '--map-current-user'])];
const hasNamespaces = spawnSync('unshare', [...namespace, 'true']).status === 0;

describe.skipIf(!hasNamespaces)('where process 1 reaps no children', () => {
  it.each(['supervisor-first', 'server-first'])('recovers by itself after both were killed, %s', (order) => {
    const command = [process.execPath, fixture('first-process.mjs'), dataFolder, order];
    const { stdout, status } = spawnSync('unshare', [...namespace, ...command], { encoding: 'utf8', timeout: 60_000 });
    expect({ status, ...(JSON.parse(stdout || '{}') as object) }).toEqual({ status: 0, firstProcess: 1, left: 'Z', same: false });
  });
});
