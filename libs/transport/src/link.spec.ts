import { createIdentity } from '@consilium/secure-channel';
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectAgent } from './agent-connector.js';
import { createAgentEndpoint } from './agent-endpoint.js';
import type { AgentConnector, AgentOptions } from './agent-options.js';
import type { AgentEndpoint, AgentEndpointOptions, EndpointEvent } from './endpoint-options.js';
import type { Link } from './link.js';

const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const coordinator = createIdentity();

async function listen(options: Partial<AgentEndpointOptions> = {}): Promise<{ endpoint: AgentEndpoint; url: string; links: Link[]; events: EndpointEvent[]; server: Server }> {
  const server = createServer();
  const links: Link[] = [];
  const events: EndpointEvent[] = [];
  const endpoint = createAgentEndpoint({
    server,
    identity: coordinator,
    admit: async (_, hello) => ({ verdict: 'admitted', name: hello.name }),
    onLink: (link) => void links.push(link),
    onEvent: (event) => void events.push(event),
    ...options,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    await endpoint.close();
    await new Promise((resolve) => server.close(resolve));
  });
  return { endpoint, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, links, events, server };
}

function dial(url: string, options: Partial<AgentOptions> = {}): AgentConnector {
  const connector = connectAgent({ url, identity: createIdentity(), coordinatorKey: coordinator.publicKey, name: 'Utrecht', ...options });
  cleanups.push(() => connector.close());
  return connector;
}

const linkOf = (connector: AgentConnector): Promise<Link> => new Promise((resolve) => connector.onLink(resolve));

describe('a link', () => {
  it.each(['websocket', 'polling'] as const)('carries heads and bodies both ways over %s', async (transport) => {
    const { url } = await listen({
      onLink: (link) => link.onMessage((head, body) => link.send({ echo: head }, body)),
    });
    const link = await linkOf(dial(url, { transport }));
    for (const size of [0, 1, 8_000, 1 << 19, (1 << 19) + 1, 3_000_000]) {
      const body = randomBytes(size);
      const answer = new Promise<[unknown, Uint8Array]>((resolve) => link.onMessage((head, bytes) => resolve([head, bytes])));
      await link.send({ size }, body);
      const [head, echoed] = await answer;
      expect(head).toStrictEqual({ echo: { size } });
      expect(createHash('sha256').update(echoed).digest('hex')).toBe(createHash('sha256').update(body).digest('hex'));
    }
  });
});
