import { agentErrors, ConsiliumError } from '@consilium/protocol';
import { connectionProblem, fetchPinnedAuthority, isLoopback, tunnelFor, type ProxySettings } from '@consilium/transport';
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type Agent } from 'node:https';
import type { AgentSettings } from '../settings/agent-settings.js';

export interface CentreAddress {
  readonly url: string;
  readonly caDigest: string | null;
}

export interface CentreAnswer {
  readonly status: number;
  readonly body: unknown;
  /** The server's Date header, milliseconds since 1970; null when it sent none. */
  readonly date: number | null;
}

const TIMEOUT_MILLISECONDS = 20_000;
const LARGEST_ANSWER = 1024 * 1024;

/** One HTTPS request to the coordinating centre, as the agent connects: pinned authority, the hospital's proxy and certificates. */
export async function askCentre(address: CentreAddress, path: string, connection: AgentSettings['connection'], json?: unknown): Promise<CentreAnswer> {
  const url = new URL(path, address.url);
  if (url.protocol !== 'https:' && !isLoopback(url.hostname)) {
    throw new ConsiliumError(agentErrors.coordinatorUnreachable, 'The address of the coordinator does not start with https. Nothing was sent.');
  }
  const agent = tunnelFor(url, proxySettings(connection));
  try {
    const ca = url.protocol === 'https:' ? await trusted(url, address.caDigest, connection, agent) : undefined;
    return await exchange(url, { agent, ca, json });
  } catch (error) {
    throw error instanceof ConsiliumError ? error : connectionProblem(error);
  }
}

export const proxySettings = ({ proxy, noProxy }: AgentSettings['connection']): ProxySettings | undefined =>
  proxy === null ? undefined : { url: proxy, ...(noProxy === null ? {} : { noProxy }) };

/** The hospital's own certificates and the pinned authority. Behind an inspecting proxy only the former is seen. */
async function trusted(url: URL, digest: string | null, { ca }: AgentSettings['connection'], agent: Agent | undefined): Promise<string[] | undefined> {
  const certificates = ca === null ? [] : [readFileSync(ca, 'utf8')];
  if (digest !== null) {
    const pinned = fetchPinnedAuthority({ url, digest, timeoutMilliseconds: TIMEOUT_MILLISECONDS, ...(agent ? { agent } : {}) });
    certificates.push(...(await pinned.then((pem) => [pem]).catch((error: unknown) => {
      if (certificates.length === 0) throw error;
      return [];
    })));
  }
  return certificates.length > 0 ? certificates : undefined;
}

function exchange(url: URL, { agent, ca, json }: { agent: Agent | undefined; ca: string[] | undefined; json: unknown }): Promise<CentreAnswer> {
  return new Promise((resolve, reject) => {
    const payload = json === undefined ? undefined : Buffer.from(JSON.stringify(json), 'utf8');
    const headers = payload ? { 'content-type': 'application/json', 'content-length': payload.length } : {};
    const options = { method: payload ? 'POST' : 'GET', headers, timeout: TIMEOUT_MILLISECONDS, agent: agent ?? false, ...(ca ? { ca } : {}) } as const;
    const take = (response: IncomingMessage) => void readAnswer(response).then(resolve, reject);
    const outgoing = url.protocol === 'https:' ? httpsRequest(url, options, take) : httpRequest(url, options, take);
    outgoing.on('timeout', () => outgoing.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

async function readAnswer(response: IncomingMessage): Promise<CentreAnswer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > LARGEST_ANSWER) throw new ConsiliumError(agentErrors.messageShape, 'The coordinator sent more than an answer may hold.');
    pieces.push(piece);
  }
  const date = Date.parse(response.headers.date ?? '');
  return { status: response.statusCode ?? 0, body: parseJson(Buffer.concat(pieces).toString('utf8')), date: Number.isNaN(date) ? null : date };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
