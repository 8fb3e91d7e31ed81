import { channelErrors, type ErrorCode } from '@consilium/protocol';
import { AgentHandshake, CoordinatorHandshake, createIdentity, fingerprintOf, type Session } from '@consilium/secure-channel';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KeptBodies } from './kept-bodies.js';
import { FRAME, jsonFrame, uint32 } from './link-frames.js';
import type { ChannelClose } from './link.js';
import { SealedLink } from './sealed-link.js';
import { Slots } from './slots.js';
import type { Wire } from './wire.js';

type Tamper = (frame: Buffer, index: number) => Buffer[];
const honest: Tamper = (frame) => [frame];
const deaf: Tamper = () => [];
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

/** Two wires in one place, with someone between who may change what goes from agent to coordinator. */
function wires(tamper: Tamper, back: Tamper = honest): [Wire, Wire] {
  let index = 0;
  const receivers: ((frame: Uint8Array) => void)[] = [() => undefined, () => undefined];
  const closed: (() => void)[] = [];
  const wire = (mine: number, pass: Tamper): Wire => ({
    send: (frame) => pass(Buffer.from(frame), mine === 0 ? index++ : 0).forEach((each) => setImmediate(() => receivers[1 - mine]!(each))),
    onFrame: (handler) => void (receivers[mine] = handler),
    onClosed: (handler) => void closed.push(handler),
    close: () => void setImmediate(() => closed.splice(0).forEach((handler) => handler())),
  });
  return [wire(0, tamper), wire(1, back)];
}

function sessions(): [Session, Session] {
  const [site, coordinator] = [createIdentity(), createIdentity()];
  const agent = new AgentHandshake({ identity: site, name: 'Utrecht', coordinatorKey: coordinator.publicKey, instance: randomBytes(16).toString('base64') });
  const centre = new CoordinatorHandshake({ identity: coordinator });
  const proven = centre.prove(agent.answer(centre.reply(agent.offer()).bytes));
  return [agent.session(), proven.session];
}

const optionsOf = (wire: Wire, session: Session): ConstructorParameters<typeof SealedLink>[0] => ({
  wire,
  session,
  peer: { name: 'x', publicKey: session.peerKey, fingerprint: fingerprintOf(session.peerKey), productVersion: '', protocol: 1, clockSkewMilliseconds: 0 },
  arrivals: new Slots(1),
  departures: new Slots(1),
  kept: new KeptBodies(1000, 1e8),
  bodyBytes: 1e8,
  stallMilliseconds: 100,
});

function pair(tamper: Tamper = honest, back: Tamper = honest, [ours, theirs] = sessions()): { agent: SealedLink; coordinator: SealedLink; heads: unknown[]; reasons: ChannelClose[] } {
  const [left, right] = wires(tamper, back);
  const coordinator = new SealedLink(optionsOf(right, theirs));
  const agent = new SealedLink(optionsOf(left, ours));
  const heads: unknown[] = [];
  const reasons: ChannelClose[] = [];
  coordinator.onMessage((head) => void heads.push(head));
  for (const link of [agent, coordinator]) link.onClose((reason) => void reasons.push(reason));
  return { agent, coordinator, heads, reasons };
}

describe('somebody between the ends', () => {
  const kept: Buffer[] = [];
  const cases: [string, ErrorCode, Tamper][] = [
    ['repeats a frame', channelErrors.frameReplayed, (frame, i) => (i === 1 ? [frame, frame] : [frame])],
    ['drops a frame', channelErrors.frameMissing, (frame, i) => (i === 1 ? [] : [frame])],
    ['swaps two frames', channelErrors.frameMissing, (frame, i) => (i === 1 ? (kept.push(frame), []) : i === 2 ? [frame, kept.pop()!] : [frame])],
    ['cuts a frame', channelErrors.frameTruncated, (frame, i) => [i === 1 ? frame.subarray(0, -1) : frame]],
    ['flips a bit', channelErrors.frameAltered, (frame, i) => [i === 1 ? (frame.writeUInt8(frame.at(-1)! ^ 1, frame.length - 1), frame) : frame]],
  ];

  it.each(cases)('faults 4, 5, 6, 7: who %s is noticed: both ends close with one code, and the message counts at most once', async (_, code, tamper) => {
    const { agent, coordinator, heads, reasons } = pair(tamper);
    for (const n of [0, 1, 2]) await agent.send({ n }).catch(() => undefined);
    await settled();
    expect([agent.closed, coordinator.closed]).toStrictEqual([true, true]);
    expect(reasons.map((reason) => reason.code)).toStrictEqual([code, code]);
    expect(heads).toStrictEqual(code === channelErrors.frameReplayed ? [{ n: 0 }, { n: 1 }] : [{ n: 0 }]);
  });

  it('fault 8: who sends a frame back to its sender is noticed', async () => {
    const [ours, theirs] = sessions();
    const frames: Buffer[] = [];
    const { agent } = pair((frame) => (frames.push(frame), []), honest, [ours, theirs]);
    await agent.send({ n: 0 });
    const [left, right] = wires(honest);
    const victim = new SealedLink(optionsOf(left, ours));
    const closed = new Promise<ChannelClose>((resolve) => victim.onClose(resolve));
    right.send(frames[0]!);
    expect((await closed).code).toBe(channelErrors.frameReflected);
  });

  it('fault 6: who shows frames of an earlier session is noticed', async () => {
    const recorded: Buffer[] = [];
    const first = pair((frame) => (recorded.push(frame), [frame]));
    await first.agent.send({ n: 'paid' });
    await settled();
    const second = pair((_, i) => [recorded[i]!]);
    await second.agent.send({ n: 'other' }).catch(() => undefined);
    await settled();
    expect(second.heads).toHaveLength(0);
    expect(second.reasons[0]!.code).toBe(channelErrors.frameAltered);
  });
});

describe('faults 5, 19: an authentic peer that does not keep to the protocol', () => {
  const digest = '0'.repeat(64);
  const announce = (transfer: number, length: number): Buffer[] => {
    const announcement = jsonFrame({ transfer, length, digest });
    return [uint32(announcement.length), announcement, Buffer.from('{}')];
  };
  it.each([
    ['an unknown frame', [[200, []]], channelErrors.malformedMessage],
    ['a head that is no JSON', [[FRAME.message, [uint32(1), Buffer.from('{')]]], channelErrors.malformedMessage],
    ['a head that is an array', [[FRAME.message, [uint32(2), Buffer.from('[]')]]], channelErrors.malformedMessage],
    ['a head nested 100,000 deep', [[FRAME.message, [uint32(100_000), Buffer.from('['.repeat(100_000))]]], channelErrors.malformedMessage],
    ['a head longer than its frame', [[FRAME.message, [uint32(2 ** 32 - 1), Buffer.from('{}')]]], channelErrors.malformedMessage],
    ['a chunk of nothing announced', [[FRAME.chunk, [uint32(1), Buffer.alloc(9)]]], channelErrors.malformedMessage],
    ['an announcement of negative length', [[FRAME.begin, announce(1, -5)]], channelErrors.malformedMessage],
    ['an announcement beyond the limit', [[FRAME.begin, announce(1, 2e8)]], channelErrors.messageTooLong],
    ['the same transfer twice', [[FRAME.begin, announce(1, 1e7)], [FRAME.begin, announce(1, 1e7)]], channelErrors.malformedMessage],
    ['a hundred announcements', Array.from({ length: 100 }, (_, i) => [FRAME.begin, announce(i, 1e7)]), channelErrors.tooManyMessages],
    ['a chunk beyond its credit', [[FRAME.begin, announce(1, 1e7)], [FRAME.chunk, [uint32(1), Buffer.alloc(5_000_000)]]], channelErrors.malformedMessage],
    ['a crumb for a chunk', [[FRAME.begin, announce(1, 1e7)], [FRAME.chunk, [uint32(1), Buffer.alloc(1)]]], channelErrors.malformedMessage],
    ['credit that nobody asked for', [[FRAME.grant, [jsonFrame({ transfer: 1, offset: 0, until: 5 })]]], channelErrors.malformedMessage],
  ] as [string, [number, Buffer[]][], ErrorCode][])('and sends %s is disconnected', async (_, frames, code) => {
    const { agent, coordinator, heads, reasons } = pair(honest, deaf);
    for (const [type, payload] of frames) agent.sendFrame(type, payload);
    await settled();
    expect(coordinator.closed).toBe(true);
    expect(reasons[0]!.code).toBe(code);
    expect(heads).toHaveLength(0);
  });

  it('and stops in the middle of a body loses the link, and its place goes to others', async () => {
    const { agent, reasons } = pair(honest, deaf);
    agent.sendFrame(FRAME.begin, announce(1, 1e7));
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(reasons[0]!.code).toBe(channelErrors.uploadStalled);
  });
});
