import { request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planText, SiteFixture, totalsQuestion } from '../fixtures/site-fixture.js';
import { setConsolePassword } from './console-password.js';
import { ConsoleSessions } from './console-sessions.js';

const PASSWORD = 'twelve or more of them';
let site: SiteFixture;
let port: number;
let plan: string;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port: free } = server.address() as AddressInfo;
      server.close(() => resolve(free));
    });
  });

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Record<string, never> & { readonly [key: string]: unknown };
  readonly text: string;
}

interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly host?: string;
}

/** As a browser on the console's page asks. */
function call(method: string, path: string, { body, headers = {}, host = '127.0.0.1' }: CallOptions = {}): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const all = { origin: `http://127.0.0.1:${port}`, ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers };
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, path, method, headers: all }, (response) => {
      let received = '';
      response.setEncoding('utf8').on('data', (piece: string) => (received += piece));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text: received, body: /^[{[]/.test(received) ? (JSON.parse(received) as Answer['body']) : ({} as Answer['body']) }));
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

async function signedIn(password = PASSWORD): Promise<{ headers: { cookie: string } }> {
  const { headers } = await call('POST', '/api/session', { body: { password } });
  return { headers: { cookie: (headers['set-cookie'] as string[])[0]!.split(';')[0]! } };
}

beforeAll(async () => {
  site = await SiteFixture.make();
  port = await freePort();
  await site.start();
  await expect(call('GET', '/')).rejects.toThrow('ECONNREFUSED');
  await setConsolePassword(site.root, { password: PASSWORD, port });
  await site.until(() => call('GET', '/'));
  plan = await site.openRun('run-1');
  await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
  await site.coordinator.next('answers');
  await site.coordinator.offer(planText({ title: 'A second plan' }));
});
afterAll(() => site.end());

describe('the console of a site', () => {
  it('listens on loopback and nowhere else', async () => {
    await expect(call('GET', '/', { host: '127.0.0.2' })).rejects.toThrow('ECONNREFUSED');
  });

  it('opens by its password with a cookie that pages cannot read, and by no other', async () => {
    const wrong = await call('POST', '/api/session', { body: { password: 'not the password' } });
    expect([wrong.status, wrong.body['code'], wrong.headers['set-cookie']]).toEqual([401, 'E340', undefined]);
    const right = await call('POST', '/api/session', { body: { password: PASSWORD } });
    expect([right.status, right.body]).toEqual([200, { site: 'Utrecht' }]);
    const [cookie] = right.headers['set-cookie'] as string[];
    for (const part of [`consilium-console-${port}=`, 'HttpOnly', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(part);
  });

  it.each(['/api/session', '/api/state?since=2026-01-01T00:00:00.000Z', '/api/doctor'])('tells nothing of %s to who is not signed in', async (path) => {
    expect(await call('GET', path)).toMatchObject({ status: 401, body: { code: 'E340' } });
  });

  it('refuses a page elsewhere that uses a session: another origin, no origin, another name of the machine', async () => {
    const session = await signedIn();
    const as = (headers: Record<string, string>) => ({ headers: { ...session.headers, ...headers } });
    expect((await call('DELETE', '/api/session', as({ origin: 'http://evil.example' }))).status).toBe(403);
    expect((await call('DELETE', '/api/session', as({ origin: `http://127.0.0.1:${port + 1}` }))).status).toBe(403);
    expect((await call('DELETE', '/api/session', as({ origin: 'null' }))).status).toBe(403);
    expect((await call('GET', '/api/session', as({ host: `evil.example:${port}` }))).status).toBe(403);
    expect((await call('POST', '/api/session', { body: { password: PASSWORD }, headers: { host: 'evil.example' } })).status).toBe(403);
    expect((await call('GET', '/api/session', session)).status).toBe(200);
  });

  it('says at a glance whether it is connected, what waits and what left', async () => {
    const session = await signedIn();
    const { body } = await site.until(async () => {
      const answer = await call('GET', '/api/state?since=2026-01-01T00:00:00.000Z', session);
      expect(answer.body).toMatchObject({ plans: [{ title: 'A second plan', study: 'wdbc' }] });
      return answer;
    });
    const size = Number(/"size":(\d+)/.exec(await site.ledgerText())![1]);
    expect(body).toMatchObject({ site: 'Utrecht', connection: { state: 'connected', trouble: null }, runs: [{ run: 'run-1', state: 'open', title: 'A plan of two sites' }], today: { parts: 1, bytes: size }, last: { parts: 1, bytes: size, steps: ['moments/totals'] } });
    expect((await call('GET', '/api/state?since=yesterday', session)).status).toBe(400);
    expect((await call('GET', `/api/state?since=${new Date(Date.now() + 60_000).toISOString()}`, session)).body['today']).toMatchObject({ parts: 0, bytes: 0 });
  });

  it('runs the doctor', async () => {
    const { body } = await call('GET', '/api/doctor', await signedIn());
    expect(body).toMatchObject({ exitCode: 0, findings: expect.arrayContaining([{ check: 'agent', outcome: 'well', sentence: 'The agent is at work.' }]) as unknown });
  });

  it('serves its page at every address, may load scripts from itself alone, and says what it does not have', async () => {
    const { status, headers } = await call('GET', '/plans/abc');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers['content-security-policy']).toMatch(/default-src 'self';.*frame-ancestors 'none';.*script-src 'self';.*connect-src 'self'/);
    expect((await call('GET', '/api/nothing', await signedIn())).status).toBe(404);
  });

  it('ends open sessions when another password is set, and goes on at the same port', async () => {
    const session = await signedIn();
    await setConsolePassword(site.root, { password: 'another of twelve' });
    expect((await call('GET', '/api/session', session)).status).toBe(401);
    expect((await call('POST', '/api/session', { body: { password: PASSWORD } })).status).toBe(401);
    expect((await call('GET', '/api/session', await signedIn('another of twelve'))).status).toBe(200);
    await expect(setConsolePassword(site.root, { password: 'short' })).rejects.toMatchObject({ code: 'E343' });
  });

  it('compares ten passwords a minute and no more', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 11; i++) statuses.push((await call('POST', '/api/session', { body: { password: 'x' } })).status);
    expect(statuses.at(-1)).toBe(429);
  });

  it('writes neither passwords nor sessions into the log', async () => {
    const { readFile } = await import('node:fs/promises');
    const log = await readFile(`${site.root}/logs/agent.log`, 'utf8');
    expect(log).toContain('The console is open on this machine.');
    expect(log).not.toMatch(/twelve|consilium-console-|P00\d/);
  });
});

describe('a session', () => {
  it('ends after an hour without use, and after twelve hours with it', () => {
    let now = 0;
    const sessions = new ConsoleSessions(() => now);
    const [idle, busy] = [sessions.open('hash'), sessions.open('hash')];
    for (let minutes = 50; minutes <= 720; minutes += 50) {
      now = minutes * 60_000;
      expect(sessions.isOpen(busy, 'hash')).toBe(true);
    }
    now = 721 * 60_000;
    expect(sessions.isOpen(idle, 'hash')).toBe(false);
    expect(sessions.isOpen(busy, 'hash')).toBe(false);
    expect(sessions.isOpen('made up', 'hash')).toBe(false);
  });
});
