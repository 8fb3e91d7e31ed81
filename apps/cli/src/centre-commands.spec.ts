import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCoordinator, type Coordinator } from '@consilium/coordinator';
import { testDatabase, type TestDatabase } from '@consilium/database/testing';
import { createIdentity } from '@consilium/secure-channel';
import { enrolmentStatement, parseInvite } from '@consilium/protocol';
import { runCommandLine } from './program.js';
import { progressText } from './run-watch.js';
import { recordedTerminal, type RecordedTerminal } from './test-terminal.js';

let folder: string;
let database: TestDatabase;
let coordinator: Coordinator;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-centre-cli-'));
  database = await testDatabase();
  coordinator = await createCoordinator({ dataFolder: folder, databaseUrl: database.url, port: 0, logLevel: 'silent' });
  await coordinator.start();
});

afterAll(async () => {
  await coordinator.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function consilium(...words: string[]): Promise<RecordedTerminal> {
  const terminal = recordedTerminal();
  await runCommandLine([...words, '--session', join(folder, 'session.json')], terminal);
  return terminal;
}

describe('the coordinating centre at the command line', () => {
  it('says that nobody is signed in', async () => {
    expect(await consilium('centre', 'sites')).toMatchObject({ code: 1, notes: ['You are not signed in. Nothing was asked. Use consilium centre login first.'] });
  });

  it('signs in over the private authority, and keeps the token for the account alone', async () => {
    const login = ['centre', 'login', '--url', coordinator.url, '--password-file', coordinator.administratorPasswordFile!];
    expect((await consilium(...login, '--ca-digest', '0'.repeat(64))).code).toBe(1);
    const { output, code } = await consilium(...login, '--ca-digest', coordinator.caDigest!);
    expect([code, output[0]]).toEqual([0, expect.stringMatching(/^You are signed in as administrator \(administrator\) until \d{4}-\d\d-\d\d\.$/)]);
    expect((await stat(join(folder, 'session.json'))).mode & 0o777).toBe(0o600);
  });

  it('invites, lists and admits a site, and makes a study of it', async () => {
    const invite = parseInvite((await consilium('centre', 'invite', 'Site A')).output[0]!)!;
    const agent = createIdentity();
    const { purpose, message } = enrolmentStatement(invite.code, agent.publicKey);
    await coordinator.services.sites.enrol({ code: invite.code, publicKey: agent.publicKey, agentVersion: '0.1.0', signature: agent.signText(purpose, message) });
    expect((await consilium('centre', 'sites')).output[0]).toContain(agent.fingerprint.words);
    expect(await consilium('centre', 'admit', 'Site A', 'wrong', 'words')).toMatchObject({ code: 1, notes: [expect.stringMatching(/^E218: These are not the words of Site A's key/)] });
    expect((await consilium('centre', 'admit', 'Site A', ...agent.fingerprint.words.split(' '))).output).toEqual(['Site A is admitted. Its agent connects by itself.']);
    expect((await consilium('study', 'create', 'trial', 'Site A', '--title', 'A trial')).output).toEqual(['The study trial is made, with Site A.']);
    expect((await consilium('study', 'create', 'trial', 'Site A')).notes[0]).toMatch(/^E211: There is a study trial/);
  });

  it('uploads and signs a plan, shows what sites decided, and refuses to launch before they have', async () => {
    const file = join(folder, 'plan.yaml');
    await writeFile(
      file,
      "consilium: 1\ntitle: A plan\nversion: 1\nstudy: trial\nsites: ['Site A']\nseed: s\noutcome: { column: y, type: binary }\nmodels: [{ name: m, inputs: [{ columns: [x] }] }]\n",
    );
    const { output, notes, code } = await consilium('plan', 'upload', file, '--sign');
    expect([code, output.at(-1)]).toEqual([0, expect.stringMatching(/is signed and offered to Site A\. Their stewards decide\.$/)]);
    expect(notes.join('\n')).not.toMatch(/E\d{3}/);
    const digest = /plan ([0-9a-f]{12}) /.exec(output[0]!)![1]!;
    expect((await consilium('plan', 'show', digest)).output.join('\n')).toMatch(/Site A +not decided/);
    expect((await consilium('run', 'launch', digest)).notes[0]).toMatch(/^E202: Site A has not approved plan/);
    expect((await consilium('run', 'list')).output).toEqual(['There is no run. Use consilium run launch PLAN.']);
    expect((await consilium('report', 'abcdef', '--out', join(folder, 'report'))).notes[0]).toMatch(/^E200: No run begins with abcdef/);
  });

  it('revokes a site and signs out', async () => {
    expect((await consilium('centre', 'revoke', 'Site A', '--reason', 'test')).output[0]).toMatch(/^Site A is revoked/);
    const { token } = JSON.parse(await readFile(join(folder, 'session.json'), 'utf8')) as { token: string };
    await consilium('centre', 'logout');
    expect(await coordinator.services.people.personOf(token)).toBeNull();
    expect((await consilium('centre', 'sites')).code).toBe(1);
  });
});

describe('the line of a run that is watched', () => {
  const progress = {
    run: 'r', version: 3, stage: { name: 'train', index: 2, count: 4 }, step: 'logistic-regression/statistics', rounds: 12, answered: ['A', 'B'], missing: ['C', 'D'],
    deadline: '2026-01-01T00:40:00.000Z', done: 0, total: 0, message: '', work: { C: { done: 3, total: 10, message: 'folds' } }, executing: true, startedAt: null, state: 'open', reason: null, arrivals: {},
  };

  it('names stage, round, who answered, who is awaited and how long', () => {
    expect(progressText(progress, Date.parse('2026-01-01T00:00:00Z'))).toBe(
      'Stage train (3 of 4), round 12, logistic-regression/statistics: 2 of 4 sites answered, waiting for C, D. 40 min until the deadline. C: folds, 30 % done.',
    );
  });

  it('says that a run nobody executes yet is taken up', () => {
    expect(progressText({ ...progress, executing: false }, 0)).toBe('The run is taken up.');
  });
});
