import { HttpsProxyAgent } from 'https-proxy-agent';
import type { Agent } from 'node:https';
import type { ProxySettings } from './agent-options.js';
import { proxyFor } from './proxy.js';

/** For plain HTTPS requests by the way the agent connects: the tunnel through the proxy, or undefined where none is used for this address. */
export function tunnelFor(url: URL, proxy: ProxySettings | undefined): Agent | undefined {
  const through = proxyFor(url, proxy);
  return through === undefined ? undefined : new HttpsProxyAgent(through);
}
