import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '@consilium/database/testing';
import { coordinatorErrors, enrolmentAnswerSchema, enrolmentStatement, parseInvite, PRODUCT_VERSION } from '@consilium/protocol';
import { createIdentity } from '@consilium/secure-channel';
import { createCoordinator, type Coordinator } from '../create-coordinator.js';
import { honest, planText, program, waitFor } from '../fixtures/test-centre.js';
import { ScriptedAgent } from '../fixtures/scripted-agent.js';

let folder: string;
let database: TestDatabase;
let coordinator: Coordinator;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-http-'));
  database = await testDatabase();
  coordinator = await createCoordinator({ dataFolder: folder, databaseUrl: database.url, port: 0, logLevel: 'silent' }, { program });
  await coordinator.start();
});

afterAll(async () => {
  await coordinator.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
  readonly body: Record<string, unknown> & { sentence?: string; code?: string };
}

/** Over TLS, verified by the private authority. */
function call(method: string, path: string, options: { body?: unknown; as?: string; raw?: string } = {}): Promise<Answer> {
  const text = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const headers = {
    ...(options.as === undefined ? {} : { authorization: `Bearer ${tokens[options.as] ?? options.as}` }),
    ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, coordinator.url), { method, ca: coordinator.caPem!, headers }, (response) => {
      let received = '';
      response.setEncoding('utf8').on('data', (piece: string) => (received += piece));
      response.on('end', () => {
        let body = {};
        try {
          body = JSON.parse(received) as object;
        } catch {
          // Not every answer is JSON.
        }
        resolve({ status: response.statusCode!, headers: response.headers, text: received, body });
      });
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

describe('the first administrator', () => {
  it('has a random password in a file only the owner reads', async () => {
    const file = coordinator.administratorPasswordFile!;
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const password = (await readFile(file, 'utf8')).trim();
    expect(password.length).toBeGreaterThanOrEqual(24);
    const { status, body } = await call('POST', '/api/sign-in', { body: { name: 'administrator', password } });
    expect(status).toBe(200);
    tokens['administrator'] = body['token'] as string;
  });

  it('fault 44: gets one sentence for a wrong password and for a name that is not there', async () => {
    const wrong = await call('POST', '/api/sign-in', { body: { name: 'administrator', password: 'no' } });
    const absent = await call('POST', '/api/sign-in', { body: { name: 'nobody', password: 'no' } });
    expect([wrong.status, absent.status]).toEqual([401, 401]);
    expect(wrong.body).toEqual(absent.body);
  });

  it('fault 44: takes as long to say no to a name that is not there as to a wrong password', async () => {
    const { people } = coordinator.services;
    const time = async (name: string): Promise<number> => {
      const started = performance.now();
      await expect(people.signIn(name, 'no', 'test')).rejects.toMatchObject({ code: coordinatorErrors.notSignedIn.code });
      return performance.now() - started;
    };
    // In turn, so that what else the machine does meets both; the least of each is what the work itself takes.
    const times = { administrator: Infinity, nobody: Infinity };
    for (let i = 0; i < 4; i++) for (const name of ['administrator', 'nobody'] as const) times[name] = Math.min(times[name], await time(name));
    expect(times.nobody / times.administrator).toBeGreaterThan(0.5);
    expect(times.nobody / times.administrator).toBeLessThan(2);
  });

  it('makes accounts, whose tokens are stored only as hashes', async () => {
    for (const role of ['data-scientist', 'investigator'] as const) {
      expect(
        (await call('POST', '/api/accounts', { as: 'administrator', body: { name: role, role, password: 'long enough a password' } })).status,
      ).toBe(201);
      tokens[role] = (await call('POST', '/api/sign-in', { body: { name: role, password: 'long enough a password' } })).body['token'] as string;
    }
    const rows = (await coordinator.services.runs['parts'].database.query('SELECT * FROM access_token')) as unknown[];
    expect(rows.length).toBe(3);
    for (const token of Object.values(tokens)) expect(JSON.stringify(rows)).not.toContain(token);
  });
});

describe('fault 20: every route', () => {
  const routes = async (): Promise<[string, string][]> => {
    const described = (await call('GET', '/api/docs.json')).body as unknown as { paths: Record<string, Record<string, unknown>> };
    return Object.entries(described.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method): [string, string] => [method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x')]),
    );
  };

  it('but sign-in, by password and by an identity provider, enrolment, succession of keys and health refuses a caller without a token', async () => {
    const found = await routes();
    expect(found.length).toBeGreaterThan(25);
    const open = new Set(['GET /api/oidc', 'GET /api/oidc/start', 'GET /api/oidc/callback', 'POST /api/sign-in', 'POST /api/session', 'POST /api/enrolment', 'POST /api/enrolment/succession', 'GET /health']);
    for (const [method, path] of found) {
      if (open.has(`${method} ${path}`)) continue;
      expect([method, path, (await call(method, path)).status]).toEqual([method, path, 401]);
      expect([method, path, (await call(method, path, { as: 'forged' })).status]).toEqual([method, path, 401]);
    }
  });

  it('that changes something refuses an investigator, and the audit says so', async () => {
    const changing = (await routes()).filter(
      ([method, path]) => method !== 'GET' && !['/api/sign-in', '/api/sign-out', '/api/session', '/api/enrolment', '/api/enrolment/succession'].includes(path),
    );
    for (const [method, path] of changing)
      expect([method, path, (await call(method, path, { as: 'investigator', body: {} })).status]).toEqual([method, path, 403]);
    const audit = await coordinator.services.audit.list({ limit: 100 });
    expect(audit.filter(({ action, actor }) => action === 'refused by role' && actor === 'investigator').length).toBe(changing.length);
  });

  it('answers each role as its right is, and audits what was refused', async () => {
    const all = await routes();
    const before = (await coordinator.services.audit.list({ limit: 500 })).length;
    const status: Record<string, readonly number[]> = {};
    for (const role of ['investigator', 'data-scientist'] as const) {
      const refused: string[] = [];
      // Every route, but those that end the session of the one who asks, and the stream.
      for (const [method, path] of all.filter(([, path]) => !/sign-out|sign-in|session|events|enrolment/.test(path))) {
        if ((await call(method, path, { as: role, ...(method === 'GET' ? {} : { body: {} }) })).status === 403) refused.push(`${method} ${path}`);
      }
      status[role] = [refused.length];
      const audited = (await coordinator.services.audit.list({ limit: 500 })).filter(({ action, actor }) => action === 'refused by role' && actor === role).map(({ subject }) => subject);
      for (const one of refused) expect(audited).toContain(one);
      for (const one of ['GET /api/accounts', 'POST /api/accounts', 'GET /api/audit', 'GET /api/audit/verification', 'GET /api/runs/x/audit', 'POST /api/sites/invites', 'POST /api/sites/x/revocation']) expect(refused).toContain(one);
      const reads = refused.filter((one) => one.startsWith('GET /api/runs/x/models') || one.startsWith('GET /api/runs/x/artefacts/'));
      expect(reads).toHaveLength(role === 'investigator' ? 2 : 0);
      expect(refused.includes('POST /api/runs')).toBe(role === 'investigator');
    }
    expect(status['investigator']![0]).toBeGreaterThan(status['data-scientist']![0]!);
    expect((await coordinator.services.audit.list({ limit: 500 })).length).toBeGreaterThan(before + 10);
  });

  it('fault 18: takes no token from an address, and names none in an answer', async () => {
    const token = tokens['administrator']!;
    for (const path of [`/api/me?token=${token}`, `/api/me?access_token=${token}`, `/api/runs?authorization=Bearer%20${token}`]) {
      const { status, text } = await call('GET', path);
      expect([path, status]).toEqual([path, 401]);
      expect(text).not.toContain(token);
    }
    // What is a token here is none at another centre: its hash is not in that database.
    expect((await call('GET', '/api/me', { as: `cst_${Buffer.alloc(32, 7).toString('base64url')}` })).status).toBe(401);
  });

  it('fault 19: refuses JSON that nests a hundred thousand deep, or names a prototype, and goes on', async () => {
    const deep = 100_000;
    expect((await call('POST', '/api/sign-in', { raw: `{"name":${'['.repeat(deep)}${']'.repeat(deep)},"password":"x"}` })).status).toBe(400);
    const polluting = await call('POST', '/api/studies', { as: 'administrator', raw: '{"__proto__":{"role":"administrator"},"constructor":{"prototype":{"polluted":1}},"name":"a","title":"A","sites":["A"]}' });
    // What no schema names is passed by: the study is looked at as if it were not there.
    expect([polluting.status, polluting.body.code]).toEqual([404, 'E200']);
    expect(({} as { polluted?: number; role?: string }).polluted ?? ({} as { role?: string }).role).toBeUndefined();
    expect((await call('GET', '/health')).body).toMatchObject({ status: 'ok' });
  });

  it('names what does not fit in a body, without repeating it', async () => {
    const { status, body, text } = await call('POST', '/api/studies', { as: 'administrator', body: { name: 'Not A Name', secret: 'VALUE' } });
    expect(status).toBe(400);
    expect(body.sentence).toBe('The request does not fit. Nothing was changed.');
    expect(text).not.toContain('VALUE');
  });

  it('answers broken JSON and a body that is too large with a sentence, and goes on', async () => {
    expect((await call('POST', '/api/sign-in', { raw: '{"name":' })).status).toBe(400);
    expect((await call('POST', '/api/sign-in', { raw: `"${'x'.repeat(7 * 1024 * 1024)}"` })).status).toBe(413);
    expect((await call('GET', '/health')).body).toMatchObject({ status: 'ok' });
  });

  it('carries the usual protective headers', async () => {
    expect((await call('GET', '/health')).headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'strict-transport-security': expect.any(String) as string,
    });
  });
});

/** What a site says of patients of a closed run who withdrew, and what becomes of the run's models. */
async function withdrawConsent(agent: ScriptedAgent, run: string): Promise<void> {
  const lineage = async () => (await call('GET', `/api/runs/${run}/lineage`, { as: 'investigator' })).body;
  const model = (query: string) => call('GET', `/api/runs/${run}/models/none${query}`, { as: 'data-scientist' });
  expect(await lineage()).toMatchObject({ run, sites: ['A'], withdrawn: [] });
  const before = (await model('')).body['code'];
  await agent.link!.send({ type: 'withdrawals', runs: [{ run, patients: { atLeast: 1, below: 5 } }, { run: 'unknown', patients: { atLeast: 5, below: 10 } }] });
  await waitFor(async () => ((await lineage())['withdrawn'] as object[]).length > 0 || undefined, () => 'the withdrawal');
  expect(await lineage()).toMatchObject({ withdrawn: [{ site: 'A', atLeast: 1, below: 5 }] });
  expect((await model('')).body).toMatchObject({ code: coordinatorErrors.withdrawalsUnseen.code });
  expect((await model('?withdrawalsSeen=true')).body['code']).toBe(before);
  await agent.link!.send({ type: 'withdrawals', runs: [] });
  await waitFor(async () => ((await lineage())['withdrawn'] as object[]).length === 0 || undefined, () => 'the end of the withdrawal');
  const audited = (await coordinator.services.audit.list({ limit: 20 })).map(({ actor, action }) => `${actor}: ${action}`);
  expect(audited).toEqual(expect.arrayContaining(['site A: patients of a training withdrew consent', 'site A: no patient of a training is withdrawn any more']));
  expect(audited.some((line) => line.endsWith('model given out though patients withdrew'))).toBe(true);
}

/** The audit record of one run: its own acts and those on its plan, what was refused about it, and nothing else. */
async function lookAtAudit(run: string, plan: string): Promise<void> {
  expect((await call('POST', `/api/runs/${run.slice(0, 8)}/cancel`, { as: 'investigator' })).status).toBe(403);
  const { status, body } = await call('GET', `/api/runs/${run.slice(0, 8)}/audit`, { as: 'administrator' });
  const entries = body as unknown as { sequence: number; actor: string; action: string; subject: string }[];
  expect(status).toBe(200);
  expect(entries.map(({ actor, action, subject }) => [actor, action, subject]).reverse()).toEqual([
    ['data-scientist', 'plan uploaded', plan],
    ['data-scientist', 'plan signed', plan],
    ['site A', 'plan approved', plan],
    ['data-scientist', 'run launched', run],
    ['coordinator', 'run closed', run],
    ['site A', 'patients of a training withdrew consent', run],
    ['data-scientist', 'model given out though patients withdrew', run],
    ['site A', 'no patient of a training is withdrawn any more', run],
    ['investigator', 'refused by role', `POST /api/runs/${run.slice(0, 8)}/cancel`],
  ]);
  expect((await call('GET', `/api/runs/${run}/audit?limit=2&before=${entries[0]!.sequence}`, { as: 'administrator' })).body).toEqual(entries.slice(1, 3));
  expect((await call('GET', `/api/runs/${'0'.repeat(16)}/audit`, { as: 'administrator' })).status).toBe(404);
  expect((await call('GET', `/api/runs/${run}/audit`, { as: 'data-scientist' })).status).toBe(403);
}

describe('a site', () => {
  const identity = createIdentity();
  const enrol = (code: string, key = identity) =>
    call('POST', '/api/enrolment', {
      body: {
        code,
        publicKey: key.publicKey,
        agentVersion: PRODUCT_VERSION,
        signature: key.signText(...(Object.values(enrolmentStatement(code, key.publicKey)) as [string, string])),
      },
    });
  let code: string;

  it('is invited with address, authority and key, and enrols once', async () => {
    const { body } = await call('POST', '/api/sites/invites', { as: 'administrator', body: { site: 'A' } });
    const invite = parseInvite(body['invite'] as string)!;
    expect(invite).toMatchObject({ url: coordinator.url, site: 'A', ca: coordinator.caDigest, key: coordinator.identity.publicKey });
    code = invite.code;
    const answer = enrolmentAnswerSchema.parse((await enrol(code)).body);
    expect(answer).toEqual({ site: 'A', state: 'waiting', fingerprint: identity.fingerprint.words, coordinatorKey: coordinator.identity.publicKey });
    expect((await enrol(code)).status).toBe(200);
    expect((await enrol(code, createIdentity())).body).toMatchObject({ code: coordinatorErrors.inviteRefused.code });
  });

  it('fault 3: cannot enrol with a weak key, nor with a key it does not hold', async () => {
    const { body } = await call('POST', '/api/sites/invites', { as: 'administrator', body: { site: 'W' } });
    const { code: fresh } = parseInvite(body['invite'] as string)!;
    const other = createIdentity();
    const weak = { code: fresh, publicKey: `01${'0'.repeat(62)}`, agentVersion: '0', signature: 'AA==' };
    expect((await call('POST', '/api/enrolment', { body: weak })).body).toMatchObject({ code: coordinatorErrors.weakKey.code });
    const stolen = {
      code: fresh,
      publicKey: other.publicKey,
      agentVersion: '0',
      signature: identity.signText(...(Object.values(enrolmentStatement(fresh, other.publicKey)) as [string, string])),
    };
    expect((await call('POST', '/api/enrolment', { body: stolen })).body).toMatchObject({ code: coordinatorErrors.signatureRefused.code });
  });

  it('is not admitted with other words than its own, and is with them', async () => {
    const admit = (fingerprint: string) => call('POST', '/api/sites/A/admission', { as: 'administrator', body: { fingerprint } });
    expect((await admit(createIdentity().fingerprint.words)).status).toBe(403);
    expect((await admit(`  ${identity.fingerprint.words.toUpperCase()} `)).body).toMatchObject({ name: 'A', state: 'admitted' });
  });

  it('runs an approved plan over TLS, and its results are served as they are kept', async () => {
    const agent = new ScriptedAgent('A', honest, identity);
    agent.connect({ url: coordinator.url, key: coordinator.identity.publicKey, caDigest: coordinator.caDigest });
    await waitFor(
      async () => coordinator.services.sessions.connected.has('A') || undefined,
      () => 'the site',
    );
    expect((await call('POST', '/api/studies', { as: 'data-scientist', body: { name: 'trial', title: 'Trial', sites: ['A'] } })).status).toBe(201);
    const mistaken = await call('POST', '/api/plans', { as: 'data-scientist', body: { text: planText(['A'], 'quorum: 9\nseeed: 1') } });
    expect(mistaken).toMatchObject({
      status: 422,
      body: { problems: [expect.stringMatching(/^Line \d+, quorum/), expect.stringMatching(/^Line \d+, seeed/)] },
    });
    const { digest } = (await call('POST', '/api/plans', { as: 'data-scientist', body: { text: planText(['A']) } })).body as unknown as {
      digest: string;
    };
    expect((await call('POST', '/api/runs', { as: 'data-scientist', body: { plan: digest } })).body).toMatchObject({
      code: coordinatorErrors.notApproved.code,
    });
    await call('POST', `/api/plans/${digest}/signature`, { as: 'data-scientist' });
    await waitFor(
      async () => (await coordinator.services.plans.approvedBy(digest)).has('A') || undefined,
      () => 'approval',
    );
    const run = (await call('POST', '/api/runs', { as: 'data-scientist', body: { plan: digest.slice(0, 10) } })).body as unknown as { id: string };
    await waitFor(
      async () => (await call('GET', `/api/runs/${run.id}/progress?after=0&wait=1`, { as: 'investigator' })).body['state'] === 'closed' || undefined,
      () => 'the end',
    );
    const { text } = await call('GET', `/api/runs/${run.id}/results`, { as: 'investigator' });
    expect(text).toBe((await coordinator.services.artefacts.store.get((await coordinator.services.runs.find(run.id)).results!)).toString());
    expect((await call('GET', `/api/runs/${run.id}/record`, { as: 'investigator' })).body).toMatchObject({ run: run.id, executions: 1 });
    expect((await call('GET', `/api/runs/${run.id}/artefacts/${'0'.repeat(64)}`, { as: 'data-scientist' })).status).toBe(404);
    await withdrawConsent(agent, run.id);
    await lookAtAudit(run.id, digest);
    await agent.disconnect();
  });

  it('that is revoked loses its live connection within five seconds and is refused from then on', async () => {
    const agent = new ScriptedAgent('A', honest, identity);
    agent.connect({ url: coordinator.url, key: coordinator.identity.publicKey, caDigest: coordinator.caDigest });
    await waitFor(
      async () => (agent.link && coordinator.services.sessions.linkOf('A')?.closed === false) || undefined,
      () => 'the site',
    );
    const closed = new Promise<{ sentence: string }>((resolve) => agent.link!.onClose(resolve));
    const started = performance.now();
    expect((await call('POST', '/api/sites/A/revocation', { as: 'administrator', body: { reason: 'test' } })).status).toBe(204);
    await closed;
    expect(performance.now() - started).toBeLessThan(5_000);
    await waitFor(
      async () => (agent.connector!.state.state === 'refused' ? true : undefined),
      () => 'a refusal',
    );
    expect(coordinator.services.sessions.connected.has('A')).toBe(false);
    await agent.disconnect();
  });
});

describe('the audit record', () => {
  it('fault 41: is a chain that names the entry somebody changed', async () => {
    expect((await call('GET', '/api/audit/verification', { as: 'administrator' })).body).toMatchObject({ intact: true, firstBreak: null });
    await coordinator.services.runs['parts'].database.query(`UPDATE audit_entry SET actor = 'nobody' WHERE sequence = 3`);
    expect((await call('GET', '/api/audit/verification', { as: 'administrator' })).body).toMatchObject({ intact: false, firstBreak: 3 });
  });
});
