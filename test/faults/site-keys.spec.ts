import { join } from 'node:path';
import { momentTotals } from '@consilium/federation';
import { enrolmentStatement, parseInvite, PRODUCT_VERSION } from '@consilium/protocol';
import { createIdentity, declareSuccession, fingerprintOf, loadIdentity, type Identity } from '@consilium/secure-channel';
import { backupSite, enrolSite, initSite, listPlans, restoreSite, rotateKey } from '@consilium/site-agent';
import { connectAgent, type AgentConnector } from '@consilium/transport';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually, MaskedNetwork, maskedPlan } from '../federation/masked-network.js';

let network: MaskedNetwork;
beforeAll(async () => {
  network = await MaskedNetwork.open(async (federation) => {
    await federation.sum(momentTotals, { view: { outcome: 'y', features: ['age'], rows: [] }, parameters: null });
    return '{}\n';
  });
});
afterAll(() => network.close());

let connectors: AgentConnector[] = [];
afterEach(async () => {
  for (const one of connectors) await one.close();
  connectors = [];
});

const services = () => network.coordinator.services;
const identityOf = (site: string): Promise<Identity> => loadIdentity(join(network.root(site), 'identity.json'));

/** A program that holds a site's key, and is not its agent. */
function dial(identity: Identity, name: string): AgentConnector {
  const { url, identity: centre } = network.coordinator;
  const made = connectAgent({ url, identity, coordinatorKey: centre.publicKey, name, limits: { firstDelayMilliseconds: 20, longestDelayMilliseconds: 100, refusedDelayMilliseconds: 50 } });
  connectors.push(made);
  return made;
}

const refusedWith = (connector: AgentConnector, code: string) => eventually(async () => expect(connector.state).toMatchObject({ state: 'refused', error: { code } }));
const isConnected = (site: string, connected = true) => eventually(async () => expect(services().sessions.connected.has(site)).toBe(connected));

describe('fault 11: somebody between a site and the centre who enrols a key of his own in its name', () => {
  it('is found out by the words: they differ at the two ends, the site is not admitted by its own, and its invite is used up for all to see', async () => {
    const { invite } = await services().sites.invite('E', 'tester');
    const { code } = parseInvite(invite)!;
    const thief = createIdentity();
    const { purpose, message } = enrolmentStatement(code, thief.publicKey);
    const { fingerprint } = await services().sites.enrol({ code, publicKey: thief.publicKey, agentVersion: PRODUCT_VERSION, signature: thief.signText(purpose, message) });
    await initSite(network.root('E'));
    await expect(enrolSite(network.root('E'), { invite, coordinatorUrl: network.coordinator.url })).rejects.toMatchObject({ code: 'E316' });
    const words = (await identityOf('E')).fingerprint.words;
    expect(words).not.toBe(fingerprint);
    await expect(services().sites.admit('E', words, 'tester')).rejects.toMatchObject({ code: 'E218' });
    expect((await services().sites.list()).find(({ name }) => name === 'E')!.state).toBe('waiting');
    await refusedWith(dial(thief, 'E'), 'E104');
  });
});

describe('fault 13: a stolen key, used beside the site', () => {
  it('suspends both programs and leaves a line for people, until the centre releases the key', async () => {
    await isConnected('C');
    const thief = dial(await identityOf('C'), 'C');
    await refusedWith(thief, 'E105');
    await isConnected('C', false);
    await eventually(async () => expect(JSON.stringify((await services().audit.list({ limit: 1000 })).map(({ action, subject }) => [action, subject]))).toContain('["parallel sessions","C"]'));
    await thief.close();
    await services().sites.release('C', 'the laptop was found', 'tester');
    await isConnected('C');
  });
});

describe('fault 14: a key that has been succeeded', () => {
  it('ends its live connections when the new one is taken, is refused from then on, and the chain stands at both ends with the same words', async () => {
    await network.approve(maskedPlan('secureAggregation: off\n'));
    const old = await identityOf('D');
    await network.agents.get('D')!.stop();
    const left = dial(old, 'D');
    await eventually(async () => expect(left.state.state).toBe('connected'));
    const ended = new Promise<number>((resolve) => left.link!.onClose(() => resolve(performance.now())));
    const { words, earlierWords } = await rotateKey(network.root('D'));
    expect((await ended) - performance.now()).toBeLessThan(5_000);
    await refusedWith(left, 'E103');
    const next = await identityOf('D');
    expect([words, earlierWords]).toEqual([next.fingerprint.words, old.fingerprint.words]);
    expect((await services().siteKeys.keysOf('D')).map(({ fingerprint }) => fingerprint)).toEqual([earlierWords, words]);
    await network.startAgent('D');
    await isConnected('D');
    // The steward's decision holds under the new key, at both ends.
    expect((await listPlans(network.root('D')))[0]!.decision?.decision).toBe('approved');
    expect(await network.ended(await network.launch())).toMatchObject({ state: 'closed' });
    await network.agents.get('D')!.stop();
    expect((await rotateKey(network.root('D'))).earlierWords).toBe(words);
    expect(await services().siteKeys.keysOf('D')).toHaveLength(3);
    await network.startAgent('D');
    await isConnected('D');
  });

  it('names no second successor; and no statement that one key alone signed, for a key in use, or for a key of nobody, changes anything', async () => {
    const [old, next, stranger] = [await identityOf('D'), createIdentity(), createIdentity()];
    const { oldKey } = { oldKey: (await services().siteKeys.keysOf('D'))[0]! };
    const succession = (from: Identity, to: Identity) => {
      const { text, signatures } = declareSuccession(from, to, '2026-01-01T00:00:00.000Z');
      return { text, signatures: { ...signatures } };
    };
    const oneSigned = succession(old, next);
    delete oneSigned.signatures[old.publicKey];
    const altered = succession(old, next);
    for (const [statement, why] of [
      [oneSigned, 'not signed by both keys'],
      [{ ...altered, text: altered.text.replace(next.publicKey, stranger.publicKey) }, 'not signed by both keys'],
      [succession(stranger, next), 'not that of an admitted site'],
      [succession(old, await identityOf('A')), 'is or was that of a site'],
    ] as const) {
      await expect(services().siteKeys.succeed(statement)).rejects.toMatchObject({ code: 'E230', message: expect.stringContaining(why) });
    }
    expect(oldKey.fingerprint).not.toBe(old.fingerprint.words);
    expect((await services().siteKeys.keysOf('D')).at(-1)!.fingerprint).toBe(old.fingerprint.words);
  });

  it('or revoked by another process of the coordinator ends on the live connection within five seconds', async () => {
    await isConnected('B');
    const client = new pg.Client({ connectionString: network.database.url });
    await client.connect();
    try {
      await client.query(`UPDATE site SET state = 'revoked' WHERE name = 'B'`);
      const started = performance.now();
      await isConnected('B', false);
      expect(performance.now() - started).toBeLessThan(5_000);
      await client.query(`UPDATE site SET state = 'admitted' WHERE name = 'B'`);
    } finally {
      await client.end();
    }
    await isConnected('B');
  });
});

describe('faults 36, 37, 38: signs in what sites sent', () => {
  it('stand in the journal of a run whose sums are plain, with the share of each site, and hold a model back until people have looked', async () => {
    const run = await network.launch();
    expect(await network.ended(run)).toMatchObject({ state: 'closed' });
    const { history, models } = services();
    const found = await history.signs(run);
    expect(found).toMatchObject({ lookedAt: 1, masked: 0, signs: [], answers: [] });
    expect(found.sums.map(({ site }) => site)).toEqual(['A', 'B', 'C', 'D']);
    expect(found.sums.reduce((sum, { median }) => sum + median, 0)).toBeCloseTo(1, 12);
    await expect(models.signed(run, 'm')).rejects.not.toMatchObject({ code: 'E231' });
    const client = new pg.Client({ connectionString: network.database.url });
    await client.connect();
    await client.query(`UPDATE round SET outcome = outcome || '{"signs": [{"kind": "same", "sites": ["A", "B"]}]}' WHERE run = $1`, [run]);
    await client.end();
    expect((await history.signs(run)).signs).toEqual([{ kind: 'same', sites: ['A', 'B'], rounds: 1, steps: ['moments/totals'], figure: null }]);
    await expect(models.signed(run, 'm')).rejects.toMatchObject({ code: 'E231', message: expect.stringContaining('What A, B sent') });
    await expect(models.signed(run, 'm', { signsSeen: true })).rejects.not.toMatchObject({ code: 'E231' });
  });
});

describe('fault 15: an agent that is restored from a backup', () => {
  it('connects under its key with a session of its own, approves nothing by itself, and is no second program while the first is stopped', async () => {
    const passphrase = 'a passphrase of a test';
    const out = join(network.folder, 'backup');
    await isConnected('A');
    const before = services().sessions.linkOf('A')!;
    await network.agents.get('A')!.stop();
    await backupSite(network.root('A'), { out, passphrase });
    const root = join(network.folder, 'restored');
    expect(await restoreSite(root, { from: out, passphrase })).toMatchObject({ site: 'A', words: (await identityOf('A')).fingerprint.words });
    expect((await listPlans(root)).every(({ decision }) => decision === undefined)).toBe(true);
    const { startAgent } = await import('@consilium/site-agent');
    const agent = await startAgent(root, { compute: 'inline', limits: { firstDelayMilliseconds: 20, longestDelayMilliseconds: 100 } });
    await isConnected('A');
    expect(services().sessions.linkOf('A')).not.toBe(before);
    await agent.stop();
    await network.startAgent('A');
    await isConnected('A');
  });

  it('fault 45: or from one that is older than its key is refused: a backup that was lost does not bring a key back', async () => {
    const passphrase = 'a passphrase of a test';
    const out = join(network.folder, 'old-backup');
    await network.agents.get('A')!.stop();
    await backupSite(network.root('A'), { out, passphrase });
    await rotateKey(network.root('A'));
    await restoreSite(join(network.folder, 'restored-old'), { from: out, passphrase });
    await refusedWith(dial(await loadIdentity(join(network.folder, 'restored-old/identity.json')), 'A'), 'E103');
    expect(fingerprintOf((await identityOf('A')).publicKey).words).toBe((await services().siteKeys.keysOf('A')).at(-1)!.fingerprint);
    await network.startAgent('A');
    await isConnected('A');
  });
});
