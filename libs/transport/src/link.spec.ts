import { channelErrors } from '@consilium/protocol';
import { createIdentity } from '@consilium/secure-channel';
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { Loopback, linkOf, until } from './fixtures/loopback.js';
import type { ChannelClose, Link } from './link.js';
import { prepareBody } from './prepared-body.js';

const net = new Loopback();
afterEach(() => net.close());

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const closeOf = (link: Link): Promise<ChannelClose> => new Promise((resolve) => link.onClose(resolve));

describe('a link', () => {
  it.each(['websocket', 'polling'] as const)('carries heads and bodies both ways over %s', async (transport) => {
    const { url } = await net.listen({ onLink: (link) => link.onMessage((head, body) => link.send({ echo: head }, body)) });
    const link = await linkOf(net.dial(url, { transport }));
    for (const size of [0, 1, 8_000, 1 << 19, (1 << 19) + 1, 6_000_001]) {
      const body = randomBytes(size);
      const answer = new Promise<[unknown, Uint8Array]>((resolve) => link.onMessage((head, bytes) => resolve([head, bytes])));
      await link.send({ size }, body);
      const [head, echoed] = await answer;
      expect(head).toStrictEqual({ echo: { size } });
      expect(digestOf(echoed)).toBe(digestOf(body));
    }
  });

  it.each(['chacha20-poly1305', 'xsalsa20-poly1305'] as const)('works with %s', async (suite) => {
    const { url, links } = await net.listen();
    const link = await linkOf(net.dial(url, { suites: [suite] }));
    const body = randomBytes(1_200_000);
    const arrived = new Promise<Uint8Array>((resolve) => links[0]!.onMessage((_, bytes) => resolve(bytes)));
    await link.send({ type: 'answers' }, body);
    expect(digestOf(await arrived)).toBe(digestOf(body));
  });

  it('carries 40 MB in pieces that lie anywhere, prepared once for two links', async () => {
    const { url, links } = await net.listen();
    await Promise.all([linkOf(net.dial(url)), linkOf(net.dial(url, { name: 'Leiden' }))]);
    const pieces = [1, 17_000_000, 0, 22_999_999, 3].map((size) => randomBytes(size));
    const body = prepareBody(pieces);
    const arrivals = [0, 1].map((i) => {
      const agent = net.dial(url, { name: `agent ${i}` });
      return linkOf(agent).then((link) => new Promise<Uint8Array>((resolve) => link.onMessage((_, bytes) => resolve(bytes))));
    });
    await until(() => links.length === 4);
    await Promise.all(links.slice(2).map((link) => link.send({ type: 'artefact' }, body)));
    for (const arrived of await Promise.all(arrivals)) expect(digestOf(arrived)).toBe(body.digest());
  });

  it('lets short messages pass a long one, and keeps the order of short ones', async () => {
    const { url, links } = await net.listen();
    const link = await linkOf(net.dial(url));
    const order: unknown[] = [];
    links[0]!.onMessage((head) => void order.push((head as { n: unknown }).n));
    const long = link.send({ n: 'long' }, randomBytes(20_000_000));
    for (let n = 0; n < 20; n++) await link.send({ n }, randomBytes(100));
    await long;
    await until(() => order.length === 21);
    expect(order.slice(0, 20)).toStrictEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(order[20]).toBe('long');
  });

  it('keeps messages that come before anyone listens', async () => {
    const { url, links } = await net.listen();
    const link = await linkOf(net.dial(url));
    await link.send({ n: 1 });
    await link.send({ n: 2 }, randomBytes(600_000));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const heads: unknown[] = [];
    links[0]!.onMessage((head) => void heads.push(head));
    await until(() => heads.length === 2);
    expect(heads).toStrictEqual([{ n: 1 }, { n: 2 }]);
  });

  it('assembles as many long bodies at once as it has places; others wait for theirs', async () => {
    const open: (() => void)[] = [];
    const bodies: number[] = [];
    const { url } = await net.listen({
      limits: { arrivals: 2 },
      onLink: (link) => link.onMessage((_, body) => (bodies.push(body.length), new Promise<void>((resolve) => open.push(resolve)))),
    });
    const sends = await Promise.all([1, 2, 3, 4, 5].map(async (i) => (await linkOf(net.dial(url, { name: `site ${i}` }))).send({ i }, randomBytes(700_000)).catch(() => undefined)).map((send) => Promise.race([send, new Promise((resolve) => setTimeout(resolve, 400))])));
    expect(sends).toHaveLength(5);
    expect(bodies).toHaveLength(2);
    for (let served = 2; served < 5; served++) {
      open.shift()!();
      await until(() => bodies.length === served + 1);
    }
  });

  it('refuses heads and bodies that are too long, and stays open', async () => {
    const { url, links } = await net.listen();
    const link = await linkOf(net.dial(url, { limits: { bodyBytes: 1_000_000 } }));
    await expect(link.send({ text: 'x'.repeat(1 << 20) })).rejects.toMatchObject({ code: channelErrors.messageTooLong.code });
    await expect(link.send({}, new Uint8Array(1_000_001))).rejects.toMatchObject({ code: channelErrors.messageTooLong.code });
    expect([link.closed, links[0]!.closed]).toStrictEqual([false, false]);
  });

  it('is closed by a receiver that was announced more than it takes', async () => {
    const { url } = await net.listen({ limits: { bodyBytes: 1_000_000 } });
    const link = await linkOf(net.dial(url));
    const closed = closeOf(link);
    await expect(link.send({}, new Uint8Array(1_000_001))).rejects.toMatchObject({ code: channelErrors.linkClosed.code });
    expect((await closed).code).toBe(channelErrors.messageTooLong);
  });

  it('closes when the receiver fails, and tells the peer no more than that', async () => {
    const secret = 'patient 4711';
    const { url, links } = await net.listen({ onLink: (link) => (links.push(link), link.onMessage(() => Promise.reject(new Error(secret)))) });
    const link = await linkOf(net.dial(url));
    const [ours, theirs] = [closeOf(link), closeOf(links[0]!)];
    await link.send({});
    expect(await ours).toStrictEqual({ code: channelErrors.handlerFailed, sentence: channelErrors.handlerFailed.title, by: 'peer' });
    expect((await theirs).cause).toMatchObject({ message: secret });
  });

  it('rejects what waits when it closes, and everything after', async () => {
    const { url, links } = await net.listen({ limits: { arrivals: 1 } });
    const link = await linkOf(net.dial(url));
    const waiting = [1, 2].map((i) => link.send({ i }, randomBytes(700_000)));
    await waiting[0];
    links[0]!.close({ sentence: 'Enough for today.' });
    await expect(waiting[1]).rejects.toMatchObject({ code: channelErrors.linkClosed.code, message: expect.stringContaining('Enough for today.') as unknown });
    await expect(link.send({})).rejects.toMatchObject({ code: channelErrors.linkClosed.code });
  });
});

describe('a connection cut in the middle of a long body', () => {
  it('continues on the next one where the last verified chunk ended', async () => {
    const received: Uint8Array[] = [];
    const { port } = await net.listen({ onLink: (link) => link.onMessage((_, body) => void received.push(body)) });
    const tap = await net.tap(port);
    const body = randomBytes(20_000_000);
    const connector = net.dial(`http://127.0.0.1:${tap.port}`);
    const first = await linkOf(connector);
    tap.limit = 14_000_000;
    await expect(first.send({ n: 1 }, body)).rejects.toMatchObject({ code: channelErrors.linkClosed.code });
    tap.limit = Infinity;
    tap.sent = 0;
    await until(() => connector.link !== undefined && connector.link !== first);
    await connector.link!.send({ n: 1 }, body);
    await until(() => received.length === 1);
    expect(digestOf(received[0]!)).toBe(digestOf(body));
    expect(tap.sent).toBeGreaterThan(6_000_000);
    expect(tap.sent).toBeLessThan(12_000_000);
  });

  it('does not mix in the kept part of another site, or of another body', async () => {
    const received: Uint8Array[] = [];
    const { port } = await net.listen({ onLink: (link) => link.onMessage((_, body) => void received.push(body)) });
    const tap = await net.tap(port);
    const connector = net.dial(`http://127.0.0.1:${tap.port}`);
    const first = await linkOf(connector);
    const body = randomBytes(20_000_000);
    tap.limit = 14_000_000;
    await expect(first.send({ n: 1 }, body)).rejects.toThrow();
    tap.limit = Infinity;
    await until(() => connector.link !== undefined && connector.link !== first);
    const changed = Buffer.from(body);
    changed[10]! ^= 1;
    await connector.link!.send({ n: 2 }, changed);
    const stranger = net.dial(`http://127.0.0.1:${tap.port}`, { identity: createIdentity(), name: 'Leiden' });
    tap.sent = 0;
    await (await linkOf(stranger)).send({ n: 3 }, body);
    await until(() => received.length === 2);
    expect(received.map(digestOf)).toStrictEqual([changed, body].map(digestOf));
    expect(tap.sent).toBeGreaterThan(20_000_000);
  });

  it('is noticed when the continued body does not have its digest', async () => {
    const received: Uint8Array[] = [];
    const { port } = await net.listen({ onLink: (link) => link.onMessage((_, body) => void received.push(body)) });
    const tap = await net.tap(port);
    const connector = net.dial(`http://127.0.0.1:${tap.port}`);
    const first = await linkOf(connector);
    const body = randomBytes(20_000_000);
    const lying = { ...prepareBody(body), digest: () => digestOf(Buffer.from('something else')) };
    tap.limit = 14_000_000;
    await expect(first.send({ n: 1 }, lying)).rejects.toThrow();
    tap.limit = Infinity;
    await until(() => connector.link !== undefined && connector.link !== first);
    const closed = closeOf(connector.link!);
    await connector.link!.send({ n: 1 }, lying);
    expect((await closed).code).toBe(channelErrors.bodyMismatch);
    expect(received).toHaveLength(0);
  });
});
