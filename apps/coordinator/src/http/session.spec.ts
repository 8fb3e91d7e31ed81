import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '@consilium/database/testing';
import { createCoordinator, type Coordinator } from '../create-coordinator.js';
import { isOwnPage } from '@consilium/operations/pages';
import { sessionOf } from '../people/session-cookie.js';

let folder: string;
let database: TestDatabase;
let coordinator: Coordinator;
let password: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-session-'));
  database = await testDatabase();
  coordinator = await createCoordinator({ dataFolder: folder, databaseUrl: database.url, port: 0, logLevel: 'silent' });
  await coordinator.start();
  password = (await readFile(coordinator.administratorPasswordFile!, 'utf8')).trim();
});
afterAll(async () => {
  await coordinator.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

function call(method: string, path: string, { body, headers = {} }: { readonly body?: object; readonly headers?: Record<string, string> } = {}): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, coordinator.url), { method, ca: coordinator.caPem!, headers: { ...headers, ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }) } }, (response) => {
      let received = '';
      response.setEncoding('utf8').on('data', (piece: string) => (received += piece));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text: received }));
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

const signIn = async (): Promise<{ cookie: string; attributes: string }> => {
  const { headers } = await call('POST', '/api/session', { body: { name: 'administrator', password } });
  const [attributes] = headers['set-cookie'] as string[];
  return { cookie: attributes!.split(';')[0]!, attributes: attributes! };
};

describe("fault 18: a browser's session", () => {
  it('is a cookie that pages cannot read, for this host over TLS alone; the answer holds no token', async () => {
    const { status, text, headers } = await call('POST', '/api/session', { body: { name: 'administrator', password } });
    expect([status, JSON.parse(text)]).toEqual([200, { name: 'administrator', role: 'administrator' }]);
    const [cookie] = headers['set-cookie'] as string[];
    for (const part of ['__Host-consilium=cst_', 'HttpOnly', 'Secure', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(part);
    expect(cookie).not.toContain('Domain');
  });

  it('says who is asking, and changes things for pages of this coordinator only', async () => {
    const { cookie } = await signIn();
    expect((await call('GET', '/api/me', { headers: { cookie } })).status).toBe(200);
    const body = { site: 'north' };
    const without = await call('POST', '/api/sites/invites', { body, headers: { cookie } });
    const foreign = await call('POST', '/api/sites/invites', { body, headers: { cookie, origin: 'https://elsewhere.example' } });
    expect([without.status, foreign.status]).toEqual([403, 403]);
    expect(foreign.text).toContain('not of this coordinator');
    expect((await call('POST', '/api/sites/invites', { body, headers: { cookie, origin: coordinator.url } })).status).toBe(201);
  });

  it('ends when the person signs out', async () => {
    const { cookie } = await signIn();
    expect((await call('DELETE', '/api/session', { headers: { cookie, origin: coordinator.url } })).status).toBe(204);
    expect((await call('GET', '/api/me', { headers: { cookie } })).status).toBe(401);
  });

  it('is read from among other cookies, and a malformed one is none', () => {
    expect(sessionOf({ headers: { cookie: 'a=b; __Host-consilium=cst_x-1; c=d' } })).toBe('cst_x-1');
    expect(sessionOf({ headers: { cookie: '__Host-consilium=not a token' } })).toBeUndefined();
    expect(isOwnPage({ method: 'POST', headers: { origin: 'null', host: 'a' } })).toBe(false);
  });
});

describe("the dashboard's addresses", () => {
  it('lead to its page, compressed for who takes it; those of the API do not', async () => {
    const plain = await call('GET', '/runs/abcd/performance?view=table');
    expect([plain.status, plain.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(plain.text).toContain('<div id="root">');
    expect(plain.headers['content-security-policy']).toContain("script-src 'self'");
    const packed = await call('GET', '/', { headers: { 'accept-encoding': 'gzip' } });
    expect([packed.headers['content-encoding'], packed.headers['content-type']]).toEqual(['gzip', 'text/html; charset=utf-8']);
    expect((await call('GET', '/api/no-such')).status).toBe(404);
    expect((await call('GET', '/assets/no-such.js')).status).toBe(404);
    expect((await call('GET', '/..%2f..%2fpackage.json')).text).not.toContain('"dependencies"');
  });
});
