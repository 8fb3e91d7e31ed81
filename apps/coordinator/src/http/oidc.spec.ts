import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '@consilium/database/testing';
import { configurationMistakes, coordinatorConfigurationSchema } from '../configuration.js';
import { createCoordinator, type Coordinator } from '../create-coordinator.js';
import { IdentityProvider } from '../fixtures/identity-provider.js';
import { accountNameOf, roleOf } from '../people/oidc-settings.js';

const groups = { administrator: ['consilium-admins'], 'data-scientist': ['scientists'], investigator: ['clinic', 'statistics'] };
const provider = new IdentityProvider('consilium', 'a secret: of the centre');
let folder: string;
let database: TestDatabase;
let coordinator: Coordinator;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-oidc-'));
  database = await testDatabase();
  await provider.start();
  const clientSecretFile = join(folder, 'secret');
  await writeFile(clientSecretFile, 'a secret: of the centre\n');
  const oidc = { issuer: provider.issuer, clientId: provider.clientId, clientSecretFile, label: 'Northgate', roleClaim: 'realm_access.roles', roles: groups };
  coordinator = await createCoordinator({ dataFolder: folder, databaseUrl: database.url, port: 0, tls: 'none', logLevel: 'silent', oidc });
  await coordinator.start();
});
afterAll(async () => {
  await coordinator.stop();
  await provider.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  provider.fault = 'none';
  provider.person = { sub: 'u1', preferred_username: 'Wang@Northgate.example', realm_access: { roles: ['scientists', 'clinic'] } };
});

const ask = (address: string, cookie = ''): Promise<Response> => fetch(new URL(address, coordinator.url), { redirect: 'manual', headers: { cookie } });
const cookieOf = (answer: Response, name: string): string | undefined => answer.headers.getSetCookie().find((one) => one.startsWith(`${name}=`) && !one.startsWith(`${name}=;`));

/** A browser's way to the provider, as far as its return. */
async function left(to = '/runs/1'): Promise<{ readonly back: string; readonly journey: string }> {
  const start = await ask(`/api/oidc/start?to=${encodeURIComponent(to)}`);
  const there = await fetch(start.headers.get('location')!, { redirect: 'manual' });
  return { back: there.headers.get('location')!, journey: cookieOf(start, '__Host-consilium-journey')!.split(';')[0]! };
}

async function signIn(to?: string): Promise<{ readonly place: string | null; readonly session: string | undefined }> {
  const { back, journey } = await left(to);
  const answer = await ask(back, journey);
  return { place: answer.headers.get('location'), session: cookieOf(answer, '__Host-consilium') };
}

const personOf = async (session: string): Promise<unknown> => (await ask('/api/me', session.split(';')[0])).json();

describe('sign-in by an identity provider', () => {
  it('is offered by its name, and leads to the page one wanted with a session that pages cannot read', async () => {
    expect(await (await ask('/api/oidc')).json()).toEqual({ provider: 'Northgate' });
    const { place, session } = await signIn();
    expect(place).toBe('/runs/1');
    expect(session).toMatch(/; HttpOnly; Secure; SameSite=Strict$/);
    expect(await personOf(session!)).toEqual({ name: 'wang-northgate.example', role: 'data-scientist' });
    const accounts = await coordinator.services.people.accounts();
    expect(accounts.find(({ name }) => name === 'wang-northgate.example')).toMatchObject({ role: 'data-scientist', closedAt: null });
    await expect(coordinator.services.people.signIn('wang-northgate.example', '', 'a password')).rejects.toThrow('The name or the password is wrong');
  });

  it('takes the role of today, and keeps the account by who the person is, not by what they are called', async () => {
    provider.person = { ...provider.person, preferred_username: 'administrator', realm_access: { roles: ['clinic'] } };
    expect(await personOf((await signIn()).session!)).toEqual({ name: 'wang-northgate.example', role: 'investigator' });
  });

  it('does not let in a person of no role, of no name, of a name that is somebody else’s, or of a closed account', async () => {
    const refused = async (change: object): Promise<string | null> => {
      provider.person = { ...provider.person, sub: 'u2', ...change };
      const { place, session } = await signIn();
      expect(session).toBeUndefined();
      return place;
    };
    expect(await refused({ realm_access: { roles: ['porters'] } })).toBe('/sign-in?refused=no-role');
    expect(await refused({ realm_access: { roles: ['clinic'] }, preferred_username: '' })).toBe('/sign-in?refused=no-name');
    expect(await refused({ preferred_username: 'administrator' })).toBe('/sign-in?refused=name-taken');
    await refused({ preferred_username: 'wang-northgate.example' });
    provider.person = { sub: 'u3', preferred_username: 'li', realm_access: { roles: ['clinic'] } };
    const { session } = await signIn();
    await coordinator.services.people.closeAccount('li', 'administrator');
    expect((await ask('/api/me', session!.split(';')[0])).status).toBe(401);
    expect(await refused({ sub: 'u3' })).toBe('/sign-in?refused=closed');
  });

  it('refuses a token of another nonce, audience or key', async () => {
    for (const fault of ['nonce', 'audience', 'signature'] as const) {
      provider.fault = fault;
      expect(await signIn(), fault).toEqual({ place: '/sign-in?refused=refused', session: undefined });
    }
  });

  it('refuses a return without its journey, of another journey, and a second time', async () => {
    const [one, two] = [await left(), await left()];
    const refused = async (back: string, cookie?: string): Promise<void> => {
      const answer = await ask(back, cookie);
      expect([answer.headers.get('location'), cookieOf(answer, '__Host-consilium')]).toEqual(['/sign-in?refused=refused', undefined]);
    };
    await refused(one.back);
    await refused(one.back, two.journey);
    await refused(one.back, '__Host-consilium-journey=bm90IGpzb24');
    expect((await ask(two.back, two.journey)).headers.get('location')).toBe('/runs/1');
    await refused(two.back, two.journey);
  });

  it('leads to pages of the dashboard only', async () => {
    for (const to of ['//elsewhere.example', 'https://elsewhere.example', '/\\elsewhere.example', '/api/me']) expect((await signIn(to)).place, to).toBe('/studies');
  });
});

describe('its settings', () => {
  const settings = coordinatorConfigurationSchema.parse({ dataFolder: '/x', oidc: { issuer: 'http://id.example', clientId: 'c', roles: {} } });

  it('are refused where anybody on the way could say who people are, and where nobody could sign in', () => {
    expect(configurationMistakes(settings)).toEqual([expect.stringContaining('must be https'), expect.stringContaining('names no group')]);
    expect(configurationMistakes({ ...settings, oidc: { ...settings.oidc!, issuer: 'https://id.example', roles: groups } })).toEqual([]);
  });

  it('give the most that a person’s groups allow, wherever they stand', () => {
    const of = (claims: unknown, roleClaim: string) => roleOf(claims, { roleClaim, roles: groups });
    expect(of({ groups: ['clinic', 'consilium-admins'] }, 'groups')).toBe('administrator');
    expect(of({ 'https://example.org/roles': 'statistics' }, 'https://example.org/roles')).toBe('investigator');
    expect(of({ groups: [] }, 'groups')).toBeNull();
    expect(of({}, 'a.b.c')).toBeNull();
    expect(of({ constructor: ['clinic'] }, 'constructor.name')).toBeNull();
  });

  it('make a name of what the provider calls a person', () => {
    const named = (name: unknown) => accountNameOf({ name }, 'name');
    expect([named('Li Wei'), named('42'), named('李'), named(7)]).toEqual(['li-wei', 'p-42', null, null]);
  });
});
