import { channelErrors, PRODUCT_VERSION } from '@consilium/protocol';
import { createIdentity } from '@consilium/secure-channel';
import { connect } from 'node:net';
import { io } from 'socket.io-client';
import { afterEach, describe, expect, it } from 'vitest';
import { AGENT_PATH } from './agent-socket-options.js';
import type { Admission } from './endpoint-options.js';
import { Loopback, linkOf, stateOf, until } from './fixtures/loopback.js';
import { frameParser } from './frame-parser.js';
import type { ChannelClose } from './link.js';

const net = new Loopback();
afterEach(() => net.close());

describe('admission', () => {
  it('gives the coordinator the proven key, and the site the name that the coordinator has for it', async () => {
    const identity = createIdentity();
    const asked: unknown[] = [];
    const { url, links, endpoint } = await net.listen({ admit: async (key, hello) => (asked.push([key, hello.name, hello.productVersion]), { verdict: 'admitted', name: 'UMC Utrecht' }) });
    const link = await linkOf(net.dial(url, { identity }));
    expect(asked).toStrictEqual([[identity.publicKey, 'Utrecht', PRODUCT_VERSION]]);
    expect(links[0]!.peer).toMatchObject({ name: 'UMC Utrecht', publicKey: identity.publicKey, fingerprint: identity.fingerprint });
    expect(link.peer).toMatchObject({ name: 'coordinator', publicKey: net.coordinator.publicKey });
    expect(endpoint.linkOf(identity.publicKey)).toBe(links[0]);
  });

  it.each([
    ['unknown', channelErrors.unknownKey],
    ['waiting', channelErrors.awaitingAdmission],
    ['revoked', channelErrors.keyRevoked],
    ['suspended', channelErrors.parallelSessions],
  ] as const)('refuses a key that is %s, with one sentence at both ends', async (verdict, code) => {
    const { url, links, events } = await net.listen({ admit: async () => ({ verdict }) });
    const refused = await stateOf(net.dial(url), 'refused');
    expect(refused.error.code).toBe(code.code);
    expect(events[0]).toMatchObject({ event: 'refused', code: code.code, sentence: refused.error.message });
    expect(links).toHaveLength(0);
  });

  it('lets a waiting site in by itself once it is admitted', async () => {
    let admission: Admission = { verdict: 'waiting' };
    const { url } = await net.listen({ admit: async () => admission });
    const connector = net.dial(url);
    await stateOf(connector, 'refused');
    admission = { verdict: 'admitted', name: 'Utrecht' };
    await linkOf(connector);
  });

  it('closes a live link at once when its key is revoked', async () => {
    let admission: Admission = { verdict: 'admitted', name: 'Utrecht' };
    const { url, endpoint, links } = await net.listen({ admit: async () => admission });
    const connector = net.dial(url);
    const link = await linkOf(connector);
    admission = { verdict: 'revoked' };
    endpoint.disconnect(links[0]!.peer.publicKey, 'revoked');
    const reason = await new Promise<ChannelClose>((resolve) => link.onClose(resolve));
    expect(reason.code).toBe(channelErrors.keyRevoked);
    expect((await stateOf(connector, 'refused')).error.code).toBe(channelErrors.keyRevoked.code);
    expect(endpoint.links).toHaveLength(0);
  });

  it('asks again when a key is revoked while its admission is being decided', async () => {
    const verdicts: Admission[] = [{ verdict: 'admitted', name: 'Utrecht' }, { verdict: 'revoked' }];
    const identity = createIdentity();
    const { url, endpoint, links } = await net.listen({
      admit: async (key) => {
        const verdict = verdicts.shift() ?? { verdict: 'revoked' };
        if (verdict.verdict === 'admitted') endpoint.disconnect(key, 'revoked');
        return verdict;
      },
    });
    expect((await stateOf(net.dial(url, { identity }), 'refused')).error.code).toBe(channelErrors.keyRevoked.code);
    expect(links).toHaveLength(0);
  });

  it('tells the agent, and the log of the coordinator, when another key answers than the pinned one', async () => {
    const { url, events } = await net.listen();
    const refused = await stateOf(net.dial(url, { coordinatorKey: createIdentity().publicKey }), 'refused');
    expect(refused.error.code).toBe(channelErrors.wrongKey.code);
    await until(() => events.length > 0);
    expect(events[0]).toMatchObject({ event: 'refused', code: channelErrors.wrongKey.code });
  });

  it.each([
    [6 * 60_000, 'refused'],
    [-86_400_000, 'refused'],
    [40_000, 'connected'],
  ] as const)('fault 26: with a clock that is %i ms off is %s', async (skew, state) => {
    const { url, events } = await net.listen();
    const connector = net.dial(url, { clock: { now: () => Date.now() + skew } });
    await stateOf(connector, state);
    expect(events[0]).toMatchObject(state === 'refused' ? { event: 'refused', code: channelErrors.clockSkew.code } : { event: 'clock-skew', name: 'Utrecht' });
    if (connector.state.state === 'refused') expect(connector.state.error.message).toBe((events[0] as { sentence: string }).sentence);
  });
});

describe('two programs with one key', () => {
  it('are both disconnected and suspended until released, and the centre is told', async () => {
    const identity = createIdentity();
    const { url, endpoint, events } = await net.listen();
    const honest = net.dial(url, { identity });
    await linkOf(honest);
    const thief = net.dial(url, { identity });
    for (const connector of [honest, thief]) expect((await stateOf(connector, 'refused')).error.code).toBe(channelErrors.parallelSessions.code);
    expect(events.find((each) => each.event === 'parallel-sessions')).toMatchObject({ publicKey: identity.publicKey, name: 'Utrecht' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(endpoint.links).toHaveLength(0);
    await thief.close();
    endpoint.release(identity.publicKey);
    await stateOf(honest, 'connected');
  });

  it('are not suspected when an agent was killed and started again', async () => {
    const identity = createIdentity();
    const { port, events, endpoint } = await net.listen({ limits: { probeMilliseconds: 200 } });
    const tap = await net.tap(port);
    const silent = net.dial(`http://127.0.0.1:${tap.port}`, { identity });
    await linkOf(silent);
    // From now on the first connection is dead without having ended.
    tap.limit = -1;
    tap.cut = () => undefined;
    await linkOf(net.dial(`http://127.0.0.1:${port}`, { identity }));
    expect(events.filter((each) => each.event === 'parallel-sessions')).toHaveLength(0);
    expect(endpoint.links).toHaveLength(1);
  });
});

describe('fault 19: strangers', () => {
  const knock = (url: string, headers: Record<string, string> = {}) => {
    const socket = io(url, { path: AGENT_PATH, parser: frameParser, transports: ['websocket'], reconnection: false, forceNew: true, extraHeaders: headers });
    net.onClose(() => void socket.disconnect());
    return socket;
  };

  it('fault 18: from a web page are refused', async () => {
    const { url } = await net.listen();
    const socket = knock(url, { origin: 'https://hospital.example' });
    await new Promise((resolve) => socket.on('connect_error', resolve));
    expect(socket.connected).toBe(false);
  });

  it('that say nothing are disconnected in time', async () => {
    const { url, events } = await net.listen({ limits: { handshakeMilliseconds: 50 } });
    await new Promise((resolve) => knock(url).on('disconnect', resolve));
    expect(events[0]).toMatchObject({ code: channelErrors.handshakeTimeout.code });
  });

  it('beyond the limit are turned away, and a site that is in does not notice', async () => {
    const { url, links, events } = await net.listen({ limits: { handshakes: 5 } });
    const link = await linkOf(net.dial(url));
    const sockets = Array.from({ length: 12 }, () => knock(url));
    await until(() => events.length === 7);
    expect(events.every((each) => each.event === 'refused' && each.code === channelErrors.tooManyConnections.code)).toBe(true);
    const heads: unknown[] = [];
    links[0]!.onMessage((head) => void heads.push(head));
    await link.send({ n: 1 });
    await until(() => heads.length === 1);
    for (const socket of sockets) socket.disconnect();
  });

  it.each(['{"type":2,"data":["f",{}]}', '{"type":5,"attachments":12}', '['.repeat(300), '{"type":0,"__proto__":{"sid":"x"}}x', 'x'.repeat(500)])('that send "%.30s" to the parser are disconnected, and the server lives', async (text) => {
    const { url, links } = await net.listen();
    const socket = knock(url);
    await new Promise((resolve) => socket.on('connect', () => resolve(undefined)));
    const gone = new Promise((resolve) => socket.on('disconnect', resolve));
    socket.io.engine.send(text);
    await gone;
    await linkOf(net.dial(url));
    expect(links).toHaveLength(1);
  });

  it.each([0, 1, 4, 500, 1_100_000])('that send %i bytes for a handshake are refused without a word of them', async (size) => {
    const { url, events } = await net.listen();
    const socket = knock(url);
    await new Promise((resolve) => socket.on('connect', () => resolve(undefined)));
    const gone = new Promise((resolve) => socket.on('disconnect', resolve));
    socket.emit('f', Buffer.alloc(size, 'secret'));
    await gone;
    expect(events[0]).toMatchObject({ code: channelErrors.malformedHandshake.code });
    expect(JSON.stringify(events)).not.toContain('secret');
  });

  it.each(['EIO=3&transport=websocket', 'EIO=5&transport=websocket', 'EIO=4&transport=smoke', 'EIO=4&transport=polling&sid=__proto__', 'transport=polling&EIO=3&b64=1'])('that ask for "%s" are refused before there is a socket', async (query) => {
    const { url, links, endpoint } = await net.listen();
    const response = await fetch(`${url}${AGENT_PATH}/?${query}`);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(endpoint.links).toHaveLength(0);
    await linkOf(net.dial(url));
    expect(links).toHaveLength(1);
  });

  it('that take all places are refused before there is a socket; a site that is in does not notice, and another comes in when they are gone', async () => {
    const { url, links } = await net.listen({ limits: { connections: 10, handshakes: 100 } });
    await linkOf(net.dial(url));
    const sockets = Array.from({ length: 30 }, () => knock(url));
    const refused = sockets.map((socket) => new Promise<boolean>((resolve) => (socket.on('connect_error', () => resolve(true)), socket.on('connect', () => resolve(false)))));
    expect((await Promise.all(refused)).filter(Boolean)).toHaveLength(21);
    const late = net.dial(url);
    expect((await stateOf(late, 'waiting')).error.message).toContain('status 400');
    expect(links[0]!.closed).toBe(false);
    for (const socket of sockets) socket.disconnect();
    await linkOf(late);
    expect(links).toHaveLength(2);
  });

  it('with raw bytes on the port do no harm', async () => {
    const { url, port } = await net.listen();
    const raw = connect(port, '127.0.0.1', () => raw.end(Buffer.alloc(5000, 0x16)));
    raw.resume();
    await new Promise((resolve) => raw.on('close', resolve).on('error', () => undefined));
    await linkOf(net.dial(url));
  });

  it('an admitted agent that floods is disconnected', async () => {
    const { url, links } = await net.listen({ limits: { messagesPerSecond: 10, messageBurst: 50 } });
    const link = await linkOf(net.dial(url));
    links[0]!.onMessage(() => undefined);
    const closed = new Promise<ChannelClose>((resolve) => link.onClose(resolve));
    for (let i = 0; i < 60; i++) void link.send({ i }).catch(() => undefined);
    expect((await closed).code).toBe(channelErrors.tooManyMessages);
  });
});
