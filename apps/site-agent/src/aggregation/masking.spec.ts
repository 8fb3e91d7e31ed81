import { sessionKeyStatement, type SessionKey } from '@consilium/protocol';
import { addStream, newSessionKeys } from '@consilium/secure-aggregation';
import { createIdentity, type Identity } from '@consilium/secure-channel';
import { parsePlan, type AnalysisPlan } from '@consilium/study';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AskedPart } from '../exchange/request-parts.js';
import { Masking } from './masking.js';
import { SessionStore } from './session-store.js';

const sites = ['A', 'B', 'C'] as const;
const plan = 'f'.repeat(64);
const session = 'e'.repeat(64);
const wanted = { run: 'run', plan, session };

function planOf(more: object = {}): AnalysisPlan {
  const parsed = parsePlan(JSON.stringify({ consilium: 1, title: 'Masks', version: 1, study: 'masks', sites, seed: 's', outcome: { column: 'y', type: 'binary' }, models: [{ name: 'm', inputs: [{ columns: ['x'] }] }], ...more }));
  if (!('plan' in parsed)) throw new Error(parsed.problems.map(({ sentence }) => sentence).join(' '));
  return parsed.plan;
}

const part = (maskedAmong?: readonly string[], more: Partial<AskedPart> = {}): AskedPart => ({ run: 'run', round: 'r', attempt: 1, step: 'moments/totals', version: 1, bytes: new Uint8Array(0), asked: 'a'.repeat(64), ...(maskedAmong ? { maskedAmong } : {}), ...more });

let folder: string;
const identities = new Map<string, Identity>(sites.map((site) => [site, createIdentity()]));
const maskings = new Map<string, Masking>();
let keys: SessionKey[] = [];
const approved = (more: object = {}) => ({ plan: planOf(more), participants: sites.map((site) => ({ site, key: identities.get(site)!.publicKey })), sites: [...sites] as string[] });
const ask = (site: string, asked: AskedPart, { told = keys, id = session, more = {} as object } = {}) => maskings.get(site)!.maskFor({ plan, session: { id, keys: told } }, asked, approved(more), true);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-masking-'));
  for (const site of sites) {
    const own = await mkdtemp(join(folder, site));
    maskings.set(site, new Masking(new SessionStore(own), site, identities.get(site)!));
    keys.push(await maskings.get(site)!.keyFor(wanted));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the masks of a site', () => {
  it('cancel over all sites and over nothing less', () => {
    const totals = (over: readonly string[]) => {
      const digits = new Float64Array(8);
      for (const site of over) for (const stream of ask(site, part(sites))!.streams) addStream(digits, stream);
      return digits;
    };
    expect(totals(sites)).toEqual(new Float64Array(8));
    for (const left of sites) expect(totals(sites.filter((site) => site !== left)).every((digit) => digit !== 0)).toBe(true);
  });

  it('have one key a session, the same after a restart, readable by nobody else, and gone with the run', async () => {
    const own = await mkdtemp(join(folder, 'again'));
    const first = await new Masking(new SessionStore(own), 'A', identities.get('A')!).keyFor(wanted);
    const again = new Masking(new SessionStore(own), 'A', identities.get('A')!);
    expect(await again.keyFor(wanted)).toEqual(first);
    await expect(again.keyFor({ ...wanted, run: 'other' })).rejects.toMatchObject({ code: 'E327' });
    const [file] = await readdir(own);
    expect((await stat(join(own, file!))).mode & 0o077).toBe(0);
    await again.forget('run');
    expect(await readdir(own)).toEqual([]);
    expect((await again.keyFor(wanted)).key).not.toBe(first.key);
  });

  it('are refused for a key that another identity signed, a key changed after signing, a weak key, or a site that was not approved', () => {
    const impostor = createIdentity();
    const signed = (site: string, key: string, by: Identity) => {
      const { purpose, message } = sessionKeyStatement({ plan, run: 'run', session, site, key });
      return { site, key, signature: by.signText(purpose, message) };
    };
    const withB = (b: SessionKey) => keys.map((one) => (one.site === 'B' ? b : one));
    const [, b] = keys;
    for (const told of [withB(signed('B', Buffer.from(newSessionKeys().publicKey).toString('hex'), impostor)), withB({ ...b!, key: keys[2]!.key }), withB(signed('B', '0'.repeat(64), identities.get('B')!)), [...keys, signed('D', b!.key, impostor)], [...keys, b!]]) {
      expect(() => ask('A', part(sites), { told })).toThrow('not signed by the identity that the steward approved');
    }
    expect(() => ask('A', part(sites), { told: keys.slice(0, 2) })).toThrow('The key of C is missing');
    expect(() => ask('A', part(sites), { id: 'd'.repeat(64) })).toThrow('does not have the keys');
  });
});

describe('of a plan whose sums are masked a site refuses', () => {
  it('a plain term, whatever the coordinator says, unless the plan asks for a sum over this site alone', () => {
    expect(() => ask('A', part())).toThrow('asked without masks');
    const alone = { cohort: { training: { sites: ['A'] }, test: { sites: ['B', 'C'] } } };
    expect(ask('A', part(), { more: alone })).toBeUndefined();
    expect(() => ask('B', part(), { more: alone })).toThrow('asked without masks');
    expect(ask('A', part(), { more: { secureAggregation: 'off' } })).toBeUndefined();
  });

  it('a sum over a group that the plan does not have', () => {
    expect(() => ask('A', part(['A', 'B']))).toThrow('group of sites');
    expect(() => ask('A', part(['B', 'C']))).toThrow('group of sites');
    expect(ask('A', part(['A', 'B']), { more: { evaluate: { leaveOneSiteOut: {} } } })!.streams).toHaveLength(1);
    expect(() => ask('A', part(['A', 'B']), { more: { evaluate: { leaveOneSiteOut: {} }, secureAggregation: 'off' } })).toThrow('mask was asked');
  });

  it('nothing twice: another question, round or attempt has another mask', () => {
    const seedOf = (more: Partial<AskedPart>) => Buffer.from(ask('A', part(sites, more))!.streams[0]!.seed).toString('hex');
    const seeds = [{}, { attempt: 2 }, { round: 's' }, { asked: 'b'.repeat(64) }, { step: 'moments/squares' }].map(seedOf);
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(seedOf({})).toBe(seeds[0]);
  });
});

describe('a plan that requires masks', () => {
  it.each([
    ['has two sites', { sites: ['A', 'B'] }, 'needs 3 sites'],
    ['allows two sites to go on', { quorum: 2 }, 'quorum allows 2'],
    ['trains at two sites', { cohort: { training: { sites: ['A', 'B'] } } }, 'training rows are at 2'],
    ['leaves sites out', { evaluate: { leaveOneSiteOut: {} } }, 'Leaving one site out'],
    ['goes on without a site', { onDropOut: 'survivors' }, 'Going on without a site'],
  ])('is refused when it %s', (_, more, sentence) => {
    expect(() => planOf({ secureAggregation: 'required', ...more })).toThrow(sentence);
    expect(() => planOf({ secureAggregation: 'when-possible', ...more })).not.toThrow();
  });
});
