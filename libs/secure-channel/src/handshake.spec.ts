import { channelErrors, ConsiliumError, PROTOCOL_VERSION } from '@consilium/protocol';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AgentHandshake, type AgentHandshakeOptions } from './agent-handshake.js';
import { CoordinatorHandshake, type CoordinatorHandshakeOptions } from './coordinator-handshake.js';
import { FrameOpener, FrameSealer } from './frames.js';
import { transcriptOf } from './handshake-messages.js';
import { createIdentity } from './identity.js';
import { SUITES } from './suites.js';

const coordinator = createIdentity();
const site = createIdentity();
const at = (milliseconds: number) => ({ now: () => 1_800_000_000_000 + milliseconds });

const agentWith = (options: Partial<AgentHandshakeOptions> = {}): AgentHandshake =>
  new AgentHandshake({ identity: site, name: 'Utrecht', coordinatorKey: coordinator.publicKey, instance: randomBytes(16).toString('base64'), clock: at(0), ...options });
const coordinatorWith = (options: Partial<CoordinatorHandshakeOptions> = {}): CoordinatorHandshake =>
  new CoordinatorHandshake({ identity: coordinator, clock: at(0), ...options });

function refusalOf(act: () => unknown): ConsiliumError {
  try {
    act();
  } catch (error) {
    if (error instanceof ConsiliumError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** Rewrites the JSON of a coordinator's reply, leaving the signature as it was. */
function rewrite(bytes: Buffer, change: (fields: Record<string, unknown>) => void, start = 64): Buffer {
  const fields = JSON.parse(bytes.subarray(start).toString()) as Record<string, unknown>;
  change(fields);
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(JSON.stringify(fields))]);
}

describe('a handshake', () => {
  it.each(SUITES)('gives both sides the same keys and each the other, with %s', (suite) => {
    const agent = agentWith({ suites: [suite] });
    const centre = coordinatorWith();
    const { bytes, refusal } = centre.reply(agent.offer());
    expect(refusal).toBeUndefined();
    const proven = centre.prove(agent.answer(bytes));
    expect(proven.name).toBe('Utrecht');
    expect(proven.session.peerKey).toBe(site.publicKey);
    expect(agent.session().peerKey).toBe(coordinator.publicKey);
    expect(agent.session().suite).toBe(suite);
    expect(agent.session().sendKey).toStrictEqual(proven.session.receiveKey);
    expect(agent.session().receiveKey).toStrictEqual(proven.session.sendKey);
    expect(agent.session().sendKey.key).not.toStrictEqual(agent.session().receiveKey.key);
  });

  it('never gives the same keys twice', () => {
    const keys = Array.from({ length: 5 }, () => {
      const agent = agentWith();
      const centre = coordinatorWith();
      centre.prove(agent.answer(centre.reply(agent.offer()).bytes));
      return Buffer.from(agent.session().sendKey.key).toString('hex');
    });
    expect(new Set(keys).size).toBe(5);
  });

  it('does not show to anyone on the way which site it is', () => {
    const agent = agentWith();
    const centre = coordinatorWith();
    const offer = agent.offer();
    const { bytes } = centre.reply(offer);
    const wire = Buffer.concat([offer, bytes, agent.answer(bytes)]);
    for (const secret of ['Utrecht', site.publicKey]) expect(wire.includes(secret)).toBe(false);
  });

  it('chooses the first suite of the fixed order that both allow, whatever the order of the lists', () => {
    const agent = agentWith({ suites: ['xsalsa20-poly1305', 'chacha20-poly1305'] });
    const centre = coordinatorWith({ suites: ['xsalsa20-poly1305', 'aes-256-gcm', 'chacha20-poly1305'] });
    centre.prove(agent.answer(centre.reply(agent.offer()).bytes));
    expect(agent.session().suite).toBe('chacha20-poly1305');
  });

  it('measures the clocks on both sides', () => {
    const agent = agentWith({ clock: at(40_000) });
    const centre = coordinatorWith();
    const proven = centre.prove(agent.answer(centre.reply(agent.offer()).bytes));
    expect(agent.session().clockSkewMilliseconds).toBe(-40_000);
    expect(proven.session.clockSkewMilliseconds).toBe(40_000);
  });
});

describe('a handshake is refused', () => {
  it('by the agent when another key than the pinned one answers', () => {
    const agent = agentWith();
    const impostor = coordinatorWith({ identity: createIdentity() });
    const { bytes } = impostor.reply(agent.offer());
    expect(refusalOf(() => agent.answer(bytes)).code).toBe(channelErrors.wrongKey.code);
  });

  it('by the agent when an impostor writes the pinned key into its own reply', () => {
    const agent = agentWith();
    const impostor = coordinatorWith({ identity: createIdentity() });
    const forged = rewrite(impostor.reply(agent.offer()).bytes, (fields) => (fields['identity'] = coordinator.publicKey));
    expect(refusalOf(() => agent.answer(forged)).code).toBe(channelErrors.transcriptMismatch.code);
  });

  it.each([
    [-1, channelErrors.olderProtocol.code],
    [1, channelErrors.newerProtocol.code],
  ])('faults 10, 29: when the agent is %i protocol away, with one sentence at both ends', (away, code) => {
    const agent = agentWith({ protocol: PROTOCOL_VERSION + away });
    const { bytes, refusal } = coordinatorWith().reply(agent.offer());
    expect(refusal?.code).toBe(code);
    const told = refusalOf(() => agent.answer(bytes));
    expect([told.code, told.message]).toStrictEqual([code, refusal!.message]);
  });

  it('fault 29: and is not when the coordinator still supports the older protocol', () => {
    const agent = agentWith({ protocol: 4 });
    const centre = coordinatorWith({ protocols: { oldest: 4, newest: 5 } });
    centre.prove(agent.answer(centre.reply(agent.offer()).bytes));
    expect(agent.session().protocol).toBe(4);
  });

  it.each([301_000, -86_400_000])('fault 26: when the clocks differ by %i ms, with one sentence at both ends', (skew) => {
    const agent = agentWith({ clock: at(skew) });
    const { bytes, refusal } = coordinatorWith().reply(agent.offer());
    const told = refusalOf(() => agent.answer(bytes));
    expect(told.code).toBe(channelErrors.clockSkew.code);
    expect(told.message).toBe(refusal!.message);
    expect(told.message).toMatch(skew > 0 ? /5 minutes ahead/ : /1440 minutes behind/);
  });

  it('when a refusal is not signed by the coordinator', () => {
    const agent = agentWith();
    const forged = rewrite(coordinatorWith({ suites: [] }).reply(agent.offer()).bytes, (fields) => (fields['refusal'] = 'E103'));
    expect(refusalOf(() => agent.answer(forged)).code).toBe(channelErrors.transcriptMismatch.code);
  });

  it('fault 10: when someone on the way strips suites or lowers the protocol in the offer', () => {
    for (const change of [(f: Record<string, unknown>) => (f['suites'] = ['xsalsa20-poly1305']), (f: Record<string, unknown>) => (f['productVersion'] = '0.0.1')]) {
      const agent = agentWith();
      const { bytes } = coordinatorWith().reply(rewrite(agent.offer(), change, 0));
      expect(refusalOf(() => agent.answer(bytes)).code).toBe(channelErrors.transcriptMismatch.code);
    }
  });

  it('fault 10: when the coordinator itself chooses a weaker suite than both allow', () => {
    const agent = agentWith();
    const offer = agent.offer();
    const choice = JSON.parse(coordinatorWith({ suites: ['xsalsa20-poly1305'] }).reply(offer).bytes.subarray(64).toString()) as Record<string, unknown>;
    const core = Buffer.from(JSON.stringify({ ...choice, suites: SUITES }));
    // A true signature over a dishonest choice.
    const dishonest = Buffer.concat([signatureOver(offer, core), core]);
    expect(refusalOf(() => agent.answer(dishonest)).code).toBe(channelErrors.suiteDowngrade.code);
  });

  it('fault 10: when there is no suite in common: nothing is sent unsealed instead', () => {
    const agent = agentWith({ suites: ['chacha20-poly1305'] });
    const { bytes } = coordinatorWith({ suites: ['aes-256-gcm'] }).reply(agent.offer());
    expect(refusalOf(() => agent.answer(bytes)).code).toBe(channelErrors.noCommonSuite.code);
  });

  it('fault 1: when the agent sends a weak ephemeral key', () => {
    const offer = rewrite(agentWith().offer(), (fields) => (fields['ephemeral'] = Buffer.alloc(32).toString('base64')), 0);
    expect(coordinatorWith().reply(offer).refusal?.code).toBe(channelErrors.weakKey.code);
  });

  it('fault 1: when the coordinator sends a weak ephemeral key', () => {
    const agent = agentWith();
    const offer = agent.offer();
    const choice = JSON.parse(coordinatorWith().reply(offer).bytes.subarray(64).toString()) as Record<string, unknown>;
    const core = Buffer.from(JSON.stringify({ ...choice, ephemeral: Buffer.alloc(32).toString('base64') }));
    expect(refusalOf(() => agent.answer(Buffer.concat([signatureOver(offer, core), core]))).code).toBe(channelErrors.weakKey.code);
  });

  it('fault 4: with any one bit flipped in the reply or the proof, at every byte', () => {
    const agent = agentWith();
    const centre = coordinatorWith();
    const offer = agent.offer();
    const { bytes } = centre.reply(offer);
    for (let i = 0; i < bytes.length; i++) {
      const altered = Buffer.from(bytes);
      altered[i]! ^= 1 << (i % 8);
      expect(refusalOf(() => agent.answer(altered)).code, `byte ${i}`).toMatch(/^E1(01|09|13)$/);
    }
    const proof = agent.answer(bytes);
    for (let i = 0; i < proof.length; i += 7) {
      const again = coordinatorWith();
      const other = agentWith();
      const honest = other.answer(again.reply(other.offer()).bytes);
      honest[i % honest.length]! ^= 1 << (i % 8);
      expect(refusalOf(() => again.prove(honest)).code, `byte ${i}`).toBe(channelErrors.transcriptMismatch.code);
    }
  });

  it('when a proof of an earlier connection is shown again', () => {
    const agent = agentWith();
    const centre = coordinatorWith();
    const offer = agent.offer();
    const proof = agent.answer(centre.reply(offer).bytes);
    centre.prove(proof);
    const later = coordinatorWith();
    later.reply(offer);
    expect(refusalOf(() => later.prove(proof)).code).toBe(channelErrors.transcriptMismatch.code);
    expect(refusalOf(() => centre.prove(proof)).code).toBe(channelErrors.malformedHandshake.code);
  });

  it.each([['nothing', ''], ['no JSON', '{'], ['an array', '[]'], ['a deep nest', '['.repeat(5000)], ['a prototype', '{"__proto__":{"format":"consilium channel 1"}}'], ['too much', ' '.repeat(9000)]])(
    'when the offer is %s, with a signed answer and no exception',
    (_, offer) => {
      expect(coordinatorWith().reply(Buffer.from(offer)).refusal?.code).toBe(channelErrors.malformedHandshake.code);
    },
  );
});

describe('sessions', () => {
  it('do not open frames of each other', () => {
    const [first, second] = [0, 1].map(() => {
      const agent = agentWith();
      const centre = coordinatorWith();
      return { agent: agent, proven: centre.prove(agent.answer(centre.reply(agent.offer()).bytes)) };
    });
    const [frame] = new FrameSealer(first!.agent.session().sendKey, 0).seal(1, [Buffer.from('x')], 0)!;
    expect(new FrameOpener(first!.proven.session.receiveKey).open(frame!).ok).toBe(true);
    expect(new FrameOpener(second!.proven.session.receiveKey).open(frame!).ok).toBe(false);
  });
});

function signatureOver(offer: Buffer, core: Buffer): Buffer {
  return coordinator.sign('coordinator handshake', transcriptOf('offer and choice', [offer, core]));
}
