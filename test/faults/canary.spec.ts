import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '@consilium/cli';
import { createCoordinator, type Coordinator } from '@consilium/coordinator';
import { testDatabase, type TestDatabase } from '@consilium/database/testing';
import type { Elements } from '@consilium/imaging/testing';
import { approvePlan, enrolSite, initSite, readLedger, startAgent, type RunningAgent } from '@consilium/site-agent';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeDicomPatient } from '../federation/dicom-cohort.js';
import { FaultyRelay } from '../federation/faulty-relay.js';
import { eventually } from '../federation/masked-network.js';

/** Planted where patient data are: identifiers, names, dates of birth, free text, names of files and folders. */
const CANARIES = ['KANARI-', 'Kanarienvogel', '1903-07-19', '19030719', 'kanarienpfad', 'KANARITEXT', 'kanarientabelle', 'kanariendatei'];

const PATIENTS = 80;
const WITH_IMAGES = 16;
/** Names, birth dates, identifiers, addresses, comments and private elements, as scanners write them. */
const tagsOf = (i: number): Elements => [
  [0x00100010, 'PN', `Kanarienvogel^${i}`], [0x00100030, 'DA', '19030719'], [0x00101040, 'LO', 'KANARITEXT street'], [0x00080090, 'PN', 'Kanarienvogel^Doctor'],
  [0x0008103e, 'LO', 'KANARITEXT series'], [0x00204000, 'LT', 'KANARITEXT comment'], [0x00091010, 'UN', Buffer.from('KANARITEXT private')], [0x00081140, 'SQ', [[[0x00100020, 'LO', `KANARI-${1000 + i}`]]]],
];

const csv = (broken = false): string =>
  ['id,name,born,note,y,age,split', ...Array.from({ length: PATIENTS }, (_, i) => `KANARI-${1000 + i},Kanarienvogel ${i},1903-07-19,KANARITEXT ${i},${i % 3 === 0 ? 1 : 0},${broken && i === 7 ? 'KANARITEXT' : 40 + ((i * 37) % 41) + 0.25},${i % 3 === 1 ? 'test' : 'train'}`)].join('\n');

const PLAN = `consilium: 1
title: Canary
version: 1
study: canary
sites: [A]
disclosure: open-data
seed: seed
outcome: { column: y, type: binary }
cohort:
  training: { where: [{ column: split, oneOf: [train] }] }
  test: { where: [{ column: split, oneOf: [test] }] }
extract: { sequences: [{ sequence: MR, settings: "imageType:\\n  Original: {}\\nfeatureClass:\\n  firstorder: [Mean, Energy]\\nsetting:\\n  binWidth: 5\\n" }] }
features: { sequences: [MR] }
models: [{ name: age-alone, inputs: [{ columns: [age] }] }]
`;

const HARMED: Readonly<Record<number, 'torn' | 'nested' | 'unreadable'>> = { 5: 'torn', 6: 'nested', 7: 'unreadable' };
const images = { kind: 'folders', root: 'data/kanarienpfad', image: '{patient}/{sequence}/image', mask: '{patient}/{sequence}/mask' } as const;

let folder: string;
let root: string;
let database: TestDatabase;
let coordinator: Coordinator;
let agent: RunningAgent;
/** Everything that reached the coordinator, decrypted: more than anybody on the line sees. */
const wire: { readonly head: { type: string; parts?: { digest: string; length: number }[] }; readonly body: Buffer }[] = [];
let said = '';
/** The line itself, as it is seen by who holds it: without TLS here, so that only the seal hides anything. */
let line: FaultyRelay;
const lineBytes: Uint8Array[] = [];

async function command(...words: string[]): Promise<void> {
  await runCommandLine(words, { out: (text) => void (said += `${text}\n`), note: (text) => void (said += `${text}\n`), status: () => undefined, interactive: false, now: () => performance.now(), exitCode: () => undefined });
}

const hits = (bytes: Buffer | string): string[] => CANARIES.filter((canary) => bytes.includes(canary));

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function databaseText(): Promise<string> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(`SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS name FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`);
    const pieces: string[] = [];
    for (const { name } of rows) {
      for (const row of (await client.query<Record<string, unknown>>(`SELECT * FROM ${name}`)).rows) {
        for (const value of Object.values(row)) pieces.push(Buffer.isBuffer(value) ? value.toString('latin1') : (JSON.stringify(value) ?? ''));
      }
    }
    return pieces.join('\n');
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-canary-'));
  root = join(folder, 'kanarienpfad', 'site');
  database = await testDatabase();
  coordinator = await createCoordinator({ dataFolder: join(folder, 'centre'), databaseUrl: database.url, port: 0, tls: 'none', logLevel: 'silent' });
  const { desk, sites, studies, plans, runs } = coordinator.services;
  const receive = desk.receive.bind(desk);
  desk.receive = async (link, head, body) => {
    wire.push({ head: structuredClone(head) as (typeof wire)[number]['head'], body: Buffer.from(body) });
    await receive(link, head, body);
  };
  await coordinator.start();
  await mkdir(root, { recursive: true });
  await initSite(root, { settings: { tables: [{ name: 'patients', file: 'data/kanarientabelle.csv', dictionary: null, id: null }], images, logLevel: 'trace' } });
  await writeFile(join(root, 'data/kanarientabelle.csv'), csv());
  for (let i = 0; i < WITH_IMAGES; i++) {
    await writeDicomPatient(join(root, 'data/kanarienpfad'), { id: `KANARI-${1000 + i}`, seed: i, tags: tagsOf(i), fileName: 'kanariendatei', ...(HARMED[i] ? { harm: HARMED[i] } : {}) });
  }
  const { invite } = await sites.invite('A', 'tester');
  line = await FaultyRelay.open(Number(new URL(coordinator.url).port));
  line.pass = (bytes) => {
    lineBytes.push(Uint8Array.from(bytes));
    return {};
  };
  const { words } = await enrolSite(root, { invite: invite!, coordinatorUrl: `http://127.0.0.1:${line.port}` });
  await sites.admit('A', words, 'tester');
  agent = await startAgent(root, { compute: 'inline', limits: { firstDelayMilliseconds: 20 } });
  await studies.create({ name: 'canary', title: 'Canary', sites: ['A'] }, 'tester');
  const { plan } = await plans.upload(PLAN, 'tester');
  desk.offer(await plans.sign(plan.digest, 'tester'));
  await eventually(() => approvePlan(root, plan.digest));
  await eventually(async () => expect((await plans.approvedBy(plan.digest)).size).toBe(1));
  const { id } = await runs.launch(plan.digest, 'tester');
  await eventually(async () => expect((await runs.find(id)).state).toBe('closed'));
  // Then everything goes wrong: a table with text among numbers, a table that is gone, images that are nowhere.
  await writeFile(join(root, 'data/kanarientabelle.csv'), csv(true));
  const second = await runs.launch(plan.digest, 'tester');
  await eventually(async () => expect((await runs.find(second.id)).state).not.toBe('open'));
  for (const words of [['plans', root], ['review', plan.digest.slice(0, 8), '--dir', root, '--seconds', '1'], ['approve', plan.digest.slice(0, 8), '--dir', root], ['check', root]]) await command('site', ...words);
  await rm(join(root, 'data/kanarientabelle.csv'));
  await rename(join(root, 'data/kanarienpfad'), join(root, 'data/kanarienpfad-gone'));
  for (const words of [['approve', plan.digest.slice(0, 8), '--dir', root], ['check', root], ['ledger', '--dir', root], ['ledger', 'verify', '--dir', root], ['ledger', 'export', '--dir', root], ['ledger', 'export', '--dir', root, '--format', 'json']]) await command('site', ...words);
}, 120_000);

afterAll(async () => {
  await agent?.stop();
  await line?.close();
  await coordinator?.stop();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

describe('fault 40: what is planted in patient data', () => {
  it('is found by this test where it is meant to be, so that not finding it says something', () => {
    for (const canary of CANARIES.filter((one) => !/^kanarien|^19030719/.test(one))) expect(hits(csv())).toContain(canary);
    const tags = Buffer.concat(tagsOf(1).map(([, , value]) => Buffer.from(JSON.stringify(value))));
    expect(hits(tags)).toEqual(expect.arrayContaining(['KANARI-', 'Kanarienvogel', '19030719', 'KANARITEXT']));
  });

  it('was read from the images too: those that can be are measured, and the others refused by kind', async () => {
    const kept = (await filesBelow(join(root, 'extraction'))).filter((file) => file.endsWith('.json'));
    const outcomes = await Promise.all(kept.map(async (file) => (JSON.parse(await readFile(file, 'utf8')) as { outcome: { names?: string[]; refused?: string } }).outcome));
    expect(outcomes.filter(({ names }) => names?.includes('original_firstorder_Mean'))).toHaveLength(WITH_IMAGES - Object.keys(HARMED).length);
    expect(outcomes.flatMap(({ refused }) => refused ?? []).sort()).toEqual(['nesting', 'transfer-syntax', 'truncated']);
  });

  it('is nowhere in what reached the coordinator', () => {
    expect(wire.filter(({ head }) => head.type === 'answers').length).toBeGreaterThan(5);
    expect(wire.flatMap(({ head, body }) => [...hits(JSON.stringify(head)), ...hits(body)])).toEqual([]);
  });

  it('is nowhere on the line, and no more than the enrolment and its answer can be read there', () => {
    const bytes = Buffer.concat(lineBytes);
    expect(bytes.length).toBeGreaterThan(10_000);
    expect(bytes.includes('/api/enrolment')).toBe(true);
    expect(hits(bytes)).toEqual([]);
    for (const word of ['moments/totals', '"answers"', 'age-alone']) expect([word, bytes.includes(word)]).toEqual([word, false]);
  });

  it('is nowhere in the database, nor in the files of the coordinator: results, models, artefacts', async () => {
    const text = await databaseText();
    expect(text).toContain('age-alone');
    expect(hits(text)).toEqual([]);
    for (const file of await filesBelow(join(folder, 'centre'))) expect([file, hits(await readFile(file))]).toEqual([file, []]);
  });

  it('is nowhere in the log, the ledger, the outbox, the approvals or the memory of cohorts of the site', async () => {
    await agent.stop();
    const own = (await filesBelow(root)).filter((file) => !file.endsWith('agent.json') && !file.startsWith(join(root, 'data')));
    expect(own.some((file) => file.endsWith('agent.log'))).toBe(true);
    expect(own.some((file) => file.endsWith('ledger.jsonl'))).toBe(true);
    for (const file of own) expect([file.slice(root.length), hits(await readFile(file))]).toEqual([file.slice(root.length), []]);
  });

  it('is nowhere in what commands say, errors and exports included', () => {
    expect(said).toContain('contributions');
    expect(said).toMatch(/E\d{3}/);
    expect(hits(said)).toEqual([]);
  });

  it('is nowhere in what an agent says that crashes with the tables in its memory, and the system keeps no image of that memory', async () => {
    await agent.stop();
    const child = spawn(process.execPath, [fileURLToPath(new URL('../../apps/site-agent/dist/packed/main.js', import.meta.url)), root], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let told = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (told += piece.toString('latin1')));
    await eventually(async () => expect(told).toContain('The agent has started.'));
    expect(await readFile(`/proc/${child.pid}/limits`, 'utf8').catch(() => 'Max core file size 0 0')).toMatch(/^Max core file size +0 +0/m);
    const gone = once(child, 'close');
    child.kill('SIGABRT');
    await gone;
    expect((await readdir(folder)).filter((name) => name.startsWith('core'))).toEqual([]);
    expect(hits(told)).toEqual([]);
  });
});

describe('fault 40: the ledger', () => {
  it('holds exactly the contributions that arrived at the other end of the socket, digest by digest', async () => {
    const arrived: string[] = [];
    for (const { head, body } of wire) {
      if (head.type !== 'answers') continue;
      let offset = 0;
      for (const { length, digest } of head.parts!) {
        const bytes = body.subarray(offset, (offset += length));
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(digest);
        arrived.push(`${digest} ${length}`);
      }
    }
    const recorded: string[] = [];
    for await (const { entry } of readLedger(join(root, 'ledger/ledger.jsonl'))) {
      if (entry?.event === 'contributions') recorded.push(...entry.parts.map(({ digest, size }) => `${digest} ${size}`));
      if (entry?.event === 'sent-again') recorded.push(...entry.parts.map(({ digest, size }) => `${digest} ${size}`));
    }
    expect(arrived.length).toBeGreaterThan(10);
    expect(recorded.sort()).toEqual(arrived.sort());
  });
});
