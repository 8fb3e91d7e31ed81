import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConsoleClient, freePort } from '../fixtures/console-client.js';
import { planText, SiteFixture, totalsQuestion } from '../fixtures/site-fixture.js';
import { setConsolePassword } from './console-password.js';
import { ConsoleSessions } from './console-sessions.js';

const PASSWORD = 'twelve or more of them';
let site: SiteFixture;
let port: number;
let stranger: ConsoleClient;

async function signedIn(password = PASSWORD): Promise<ConsoleClient> {
  const client = new ConsoleClient(port);
  await client.signIn(password);
  return client;
}

beforeAll(async () => {
  site = await SiteFixture.make();
  port = await freePort();
  stranger = new ConsoleClient(port);
  await site.start();
  await expect(stranger.call('GET', '/')).rejects.toThrow('ECONNREFUSED');
  await setConsolePassword(site.root, { password: PASSWORD, port });
  await site.until(() => stranger.call('GET', '/'));
  const plan = await site.openRun('run-1');
  await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
  await site.coordinator.next('answers');
  await site.coordinator.offer(planText({ title: 'A second plan' }));
});
afterAll(() => site.end());

describe('the console of a site', () => {
  it('listens on loopback and nowhere else', async () => {
    await expect(stranger.call('GET', '/', { host: '127.0.0.2' })).rejects.toThrow('ECONNREFUSED');
  });

  it('opens by its password with a cookie that pages cannot read, and by no other', async () => {
    const wrong = await stranger.call('POST', '/api/session', { body: { password: 'not the password' } });
    expect([wrong.status, wrong.body['code'], wrong.headers['set-cookie']]).toEqual([401, 'E340', undefined]);
    const right = await stranger.call('POST', '/api/session', { body: { password: PASSWORD } });
    expect([right.status, right.body]).toEqual([200, { site: 'Utrecht' }]);
    const [cookie] = right.headers['set-cookie'] as string[];
    for (const part of [`consilium-console-${port}=`, 'HttpOnly', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(part);
  });

  it.each(['/api/session', '/api/state?since=2026-01-01T00:00:00.000Z', '/api/doctor'])('tells nothing of %s to who is not signed in', async (path) => {
    expect(await stranger.call('GET', path)).toMatchObject({ status: 401, body: { code: 'E340' } });
  });

  it('refuses a page elsewhere that uses a session: another origin, no origin, another name of the machine', async () => {
    const session = await signedIn();
    const asked = async (method: string, headers: Record<string, string>) => (await session.call(method, '/api/session', { headers })).status;
    expect(await asked('DELETE', { origin: 'http://evil.example' })).toBe(403);
    expect(await asked('DELETE', { origin: `http://127.0.0.1:${port + 1}` })).toBe(403);
    expect(await asked('DELETE', { origin: 'null' })).toBe(403);
    expect(await asked('GET', { host: `evil.example:${port}` })).toBe(403);
    expect((await stranger.call('POST', '/api/session', { body: { password: PASSWORD }, headers: { host: 'evil.example' } })).status).toBe(403);
    expect(await asked('GET', {})).toBe(200);
  });

  it('says at a glance whether it is connected, what waits and what left', async () => {
    const session = await signedIn();
    const { body } = await site.until(async () => {
      const answer = await session.call('GET', '/api/state?since=2026-01-01T00:00:00.000Z');
      expect(answer.body).toMatchObject({ plans: [{ title: 'A second plan', study: 'wdbc' }] });
      return answer;
    });
    const size = Number(/"size":(\d+)/.exec(await site.ledgerText())![1]);
    expect(body).toMatchObject({ site: 'Utrecht', connection: { state: 'connected', trouble: null }, runs: [{ run: 'run-1', state: 'open', title: 'A plan of two sites' }], today: { parts: 1, bytes: size }, last: { parts: 1, bytes: size, steps: ['moments/totals'] } });
    expect((await session.call('GET', '/api/state?since=yesterday')).status).toBe(400);
    expect((await session.call('GET', `/api/state?since=${new Date(Date.now() + 60_000).toISOString()}`)).body['today']).toMatchObject({ parts: 0, bytes: 0 });
  });

  it('runs the doctor', async () => {
    const { body } = await (await signedIn()).call('GET', '/api/doctor');
    expect(body).toMatchObject({ exitCode: 0, findings: expect.arrayContaining([{ check: 'agent', outcome: 'well', sentence: 'The agent is at work.' }]) as unknown });
  });

  it('serves its page at every address, may load scripts from itself alone, and says what it does not have', async () => {
    const { status, headers } = await stranger.call('GET', '/plans/abc');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers['content-security-policy']).toMatch(/default-src 'self';.*frame-ancestors 'none';.*script-src 'self';.*connect-src 'self'/);
    expect((await (await signedIn()).call('GET', '/api/nothing')).status).toBe(404);
  });

  it('ends open sessions when another password is set, and goes on at the same port', async () => {
    const session = await signedIn();
    await setConsolePassword(site.root, { password: 'another of twelve' });
    expect((await session.call('GET', '/api/session')).status).toBe(401);
    expect((await stranger.call('POST', '/api/session', { body: { password: PASSWORD } })).status).toBe(401);
    expect((await (await signedIn('another of twelve')).call('GET', '/api/session')).status).toBe(200);
    await expect(setConsolePassword(site.root, { password: 'short' })).rejects.toMatchObject({ code: 'E343' });
  });

  it('compares ten passwords a minute and no more', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 11; i++) statuses.push((await stranger.call('POST', '/api/session', { body: { password: 'x' } })).status);
    expect(statuses.at(-1)).toBe(429);
  });

  it('writes neither passwords nor sessions into the log', async () => {
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
