import { createCertificateAuthority, issueServerCertificate, type CertificateAuthority } from '@consilium/operations';
import { channelErrors } from '@consilium/protocol';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer, request as sendRequest, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { connect, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { Server as SocketServer } from 'socket.io';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AGENT_LIMITS, connectAgent } from './agent-connector.js';
import type { AgentOptions, ConnectorState } from './agent-options.js';
import { agentSocketOptions } from './agent-socket-options.js';
import { Loopback, linkOf, stateOf, until } from './fixtures/loopback.js';
import { proxyFor } from './proxy.js';

const net = new Loopback();
let folder: string;
let authority: CertificateAuthority;
let hospital: CertificateAuthority;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-tls-'));
  authority = await createCertificateAuthority(join(folder, 'centre'));
  hospital = await createCertificateAuthority(join(folder, 'hospital'));
});
afterEach(() => net.close());
afterAll(() => rm(folder, { recursive: true }));

interface Serving {
  readonly names?: readonly string[];
  readonly signer?: CertificateAuthority;
  readonly issuedAgoDays?: number;
}

async function serve({ names = ['127.0.0.1', 'localhost'], signer = authority, issuedAgoDays = 0 }: Serving = {}): Promise<{ url: string; port: number }> {
  const now = (): Date => new Date(Date.now() - issuedAgoDays * 86_400_000);
  const { certPem, keyPem } = await issueServerCertificate(signer, { names, now });
  const server: Server = createServer({ cert: certPem, key: keyPem });
  const { port } = await net.listen({ server });
  return { url: `https://127.0.0.1:${port}`, port };
}

/** A CONNECT proxy as hospitals have: notes where it was asked to go, may want a password, may refuse. */
async function proxy(answer: (authorization: string | undefined) => number = () => 200): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server: HttpServer = createHttpServer();
  server.on('connect', (request, near, head) => {
    asked.push(request.url!);
    const status = answer(request.headers['proxy-authorization']);
    if (status !== 200) return void near.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
    const [host, port] = request.url!.split(':');
    const far = connect(Number(port), host, () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n');
      far.write(head);
      far.pipe(near).pipe(far);
    });
    for (const socket of [near, far]) socket.on('error', () => (near.destroy(), far.destroy()));
    net.onClose(() => void (near.destroy(), far.destroy()));
  });
  return { url: `http://127.0.0.1:${await net.open(server)}`, asked };
}

async function problemOf(url: string, options: Partial<AgentOptions>): Promise<{ code: string; message: string }> {
  const { error } = await stateOf(net.dial(url, options), 'waiting');
  return { code: error.code, message: error.message };
}

describe('fault 17: TLS', () => {
  it('with a private authority needs nothing but its digest from the invite', async () => {
    const { url } = await serve();
    await linkOf(net.dial(url, { caDigest: authority.digest }));
    await linkOf(net.dial(url, { caDigest: authority.digest, transport: 'polling' }));
  });

  it('with a configured authority works, also beside a pinned one that an inspecting proxy hides', async () => {
    const { url } = await serve({ signer: hospital });
    await linkOf(net.dial(url, { ca: hospital.certificatePem }));
    await linkOf(net.dial(url, { ca: [hospital.certificatePem], caDigest: authority.digest }));
  });

  it.each([
    ['of an authority nobody told us of', {}, {}, /not signed by a trusted authority/],
    ['of another authority than the pinned one', { signer: 'hospital' }, { caDigest: 'centre' }, /does not show the authority of the invite/],
    ['that has expired', { issuedAgoDays: 400 }, { caDigest: 'centre' }, /has expired/],
    ['for another host', { names: ['elsewhere.example'] }, { caDigest: 'centre' }, /names another host/],
  ] as const)('refuses a certificate %s, and sends nothing', async (_, serving, options, sentence) => {
    const { url } = await serve({ ...serving, signer: 'signer' in serving ? hospital : authority } as Serving);
    const problem = await problemOf(url, 'caDigest' in options ? { caDigest: authority.digest } : {});
    expect(problem.code).toBe(channelErrors.certificateRefused.code);
    expect(problem.message).toMatch(sentence);
  });

  it('is demanded of every address but this machine', () => {
    for (const url of ['http://coordinator.example', 'http://10.0.0.1:80', 'ftp://127.0.0.1']) {
      expect(() => connectAgent({ url, identity: net.coordinator, coordinatorKey: net.coordinator.publicKey, name: 'x' })).toThrow(
        expect.objectContaining({ code: channelErrors.plainConnection.code }) as Error,
      );
    }
  });

  it('an answer that is no coordinator is told apart from one that is away', async () => {
    const other = createHttpServer((_, response) => void response.writeHead(404).end('patient list'));
    const port = await net.open(other);
    const problem = await problemOf(`http://127.0.0.1:${port}`, { transport: 'websocket' });
    expect(problem).toStrictEqual({ code: 'E140', message: 'A proxy or server on the way answered with status 404. No connection was made.' });
    const closed = await net.tap(1);
    expect((await problemOf(`http://127.0.0.1:${closed.port}`, {})).code).toBe('E140');
  });
});

describe('fault 17: a proxy that opens TLS, as hospitals have them', () => {
  /** Shows its own certificate to the agent, speaks TLS with the coordinator, and keeps what it reads on the way. */
  async function inspecting(port: number): Promise<{ url: string; read: Buffer[] }> {
    const read: Buffer[] = [];
    const { certPem, keyPem } = await issueServerCertificate(hospital, { names: ['127.0.0.1'], now: () => new Date() });
    const server = createTlsServer({ cert: certPem, key: keyPem }, (near) => {
      const far = connectTls({ port, host: '127.0.0.1', ca: authority.certificatePem });
      for (const socket of [near, far]) socket.on('error', () => undefined).on('close', () => (near.destroy(), far.destroy())).on('data', (bytes: Buffer) => void read.push(bytes));
      near.pipe(far).pipe(near);
      net.onClose(() => void (near.destroy(), far.destroy()));
    });
    return { url: `https://127.0.0.1:${await net.open(server)}`, read };
  }

  it('is not trusted unless the hospital configured its authority, and then reads sealed frames', async () => {
    const { port } = await serve();
    const { url, read } = await inspecting(port);
    const problem = await problemOf(url, { caDigest: authority.digest });
    expect(problem.code).toBe(channelErrors.certificateRefused.code);
    expect(read).toHaveLength(0);
    const link = await linkOf(net.dial(url, { caDigest: authority.digest, ca: hospital.certificatePem, name: 'Utrecht' }));
    await link.send({ secret: 'what the site says' }, Buffer.from('the sum over at least twenty patients'));
    await until(() => Buffer.concat(read).includes('GET /agents/'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const word of ['what the site says', 'twenty patients', 'Utrecht']) expect(Buffer.concat(read).includes(word)).toBe(false);
  });
});

describe('fault 28: a connection', () => {
  it('that is silent is kept by heartbeats, three times as often as proxies drop it', async () => {
    expect(agentSocketOptions().pingInterval! * 3).toBeLessThanOrEqual(60_000);
    const server = createHttpServer();
    const { port, links } = await net.listen({ server: new SocketServer(server, { ...agentSocketOptions(), pingInterval: 100 }) as never, heard: server });
    const dropping = createTcpServer((near) => {
      const far = connect(port, '127.0.0.1');
      // As a minute is to twenty seconds.
      for (const socket of [near, far]) socket.setTimeout(300, () => socket.destroy()).on('error', () => undefined).on('close', () => (near.destroy(), far.destroy()));
      near.pipe(far).pipe(near);
      net.onClose(() => void (near.destroy(), far.destroy()));
    });
    const link = await linkOf(net.dial(`http://127.0.0.1:${await net.open(dropping)}`));
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect([link.closed, links[0]!.closed]).toEqual([false, false]);
  });

  it.each([502, 503, 407])('that a proxy answers with %i is tried again, at growing distances, each with a part of chance', async (status) => {
    const proxying = createHttpServer((_, response) => void response.writeHead(status).end('patient list'));
    proxying.on('upgrade', (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`));
    const connector = net.dial(`http://127.0.0.1:${await net.open(proxying)}`, { limits: { ...AGENT_LIMITS, firstDelayMilliseconds: 8, longestDelayMilliseconds: 64 } });
    const waits: number[] = [];
    connector.onState((state) => void (state.state === 'waiting' && waits.push(state.milliseconds) && expect(state.error.message).not.toContain('patient')));
    await until(() => waits.length >= 7);
    for (const [i, wait] of waits.entries()) {
      const whole = Math.min(64, 8 * 2 ** i);
      expect(wait).toBeGreaterThanOrEqual(whole / 2 - 1);
      expect(wait).toBeLessThanOrEqual(whole + 1);
    }
    expect(new Set(waits.slice(3)).size).toBeGreaterThan(1);
  });
});

describe('fault 28: a proxy', () => {
  it('is gone through, with its password, to a server that is then verified', async () => {
    const { url, port } = await serve();
    const tunnel = await proxy((authorization) => (authorization === `Basic ${Buffer.from('agent:s3cret').toString('base64')}` ? 200 : 407));
    const through = tunnel.url.replace('http://', 'http://agent:s3cret@');
    await linkOf(net.dial(url, { caDigest: authority.digest, proxy: { url: through } }));
    await linkOf(net.dial(url, { caDigest: authority.digest, proxy: { url: through }, transport: 'polling' }));
    expect(new Set(tunnel.asked)).toStrictEqual(new Set([`127.0.0.1:${port}`]));
  });

  it('that wants a password is named, and the wrong password is not repeated in the sentence', async () => {
    const { url } = await serve();
    const tunnel = await proxy(() => 407);
    const proxied = { proxy: { url: tunnel.url.replace('http://', 'http://agent:wrong@') } };
    for (const trust of [{ caDigest: authority.digest }, { ca: authority.certificatePem }]) {
      const problem = await problemOf(url, { ...trust, ...proxied });
      expect(problem.code).toBe(channelErrors.proxyRefused.code);
      expect(problem.message).not.toContain('wrong');
    }
  });

  it('is passed by where NO_PROXY names the host', async () => {
    const { url } = await serve();
    const tunnel = await proxy(() => 502);
    await linkOf(net.dial(url, { caDigest: authority.digest, proxy: { url: tunnel.url, noProxy: 'example.org,127.0.0.0/8' } }));
    expect(tunnel.asked).toHaveLength(0);
  });

  it('that lets no WebSocket through is got round by polling', async () => {
    const { port } = await net.listen();
    const blocking = createHttpServer();
    blocking.on('upgrade', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'));
    blocking.on('request', (request, response) => forward(port, request, response));
    const connector = net.dial(`http://127.0.0.1:${await net.open(blocking)}`);
    const states: ConnectorState[] = [];
    connector.onState((state) => void states.push(state));
    const link = await linkOf(connector);
    expect(link.closed).toBe(false);
    expect(states.filter((state) => state.state === 'waiting')).toHaveLength(1);
  });

  it.each([
    ['coordinator.example', true],
    ['.example', true],
    ['*.example', true],
    ['example', true],
    ['ample', false],
    ['coordinator.example:8443', true],
    ['coordinator.example:443', false],
    ['*', true],
    ['other.org, coordinator.example', true],
    ['', false],
  ])('and NO_PROXY "%s": passed by is %s', (noProxy, direct) => {
    expect(proxyFor(new URL('https://coordinator.example:8443'), { url: 'http://proxy:3128', noProxy }) === undefined).toBe(direct);
  });

  it('and NO_PROXY knows addresses and subnets', () => {
    const through = (url: string, noProxy: string): boolean => proxyFor(new URL(url), { url: 'http://proxy', noProxy }) !== undefined;
    expect(through('https://10.1.2.3', '10.0.0.0/8')).toBe(false);
    expect(through('https://11.1.2.3', '10.0.0.0/8')).toBe(true);
    expect(through('https://[::1]:5', '::1')).toBe(false);
    expect(through('https://10.1.2.3', '10.0.0.0/99')).toBe(true);
    expect(through('https://1.10.1.2', '10.1.2')).toBe(true);
  });
});

describe('a coordinator that restarts', () => {
  it('gets its agents back by themselves', async () => {
    const server = createHttpServer();
    const first = await net.listen({ server });
    const connector = net.dial(first.url);
    const before = await linkOf(connector);
    const reason = new Promise((resolve) => before.onClose(resolve));
    await first.endpoint.close();
    await new Promise((resolve) => server.close(resolve));
    expect(await reason).toMatchObject({ code: channelErrors.coordinatorStops, by: 'peer' });
    const second = await net.listen({}, first.port);
    await until(() => second.links.length === 1);
    await until(() => connector.link !== undefined && connector.link !== before);
    expect(before.closed).toBe(true);
  });
});

function forward(port: number, request: IncomingMessage, response: ServerResponse): void {
  const onward = sendRequest({ port, host: '127.0.0.1', method: request.method!, path: request.url!, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
