import { agreedKey, maskBlocks, newSessionKeys, pairStreams, type SessionKeys } from '@consilium/secure-aggregation';
import { createHash } from 'node:crypto';
import type { RoundCall } from './lock-step.js';
import type { Sums } from './step.js';

/** The masks of sites that are in one process: each site's keys and streams are its own, made as its agent makes them. */
export class InProcessMasks {
  private readonly session: ReadonlyMap<string, SessionKeys>;
  private readonly agreed = new Map<string, ReadonlyMap<string, Uint8Array>>();
  private readonly list: string;

  constructor(sites: readonly string[]) {
    this.session = new Map([...sites].sort().map((site) => [site, newSessionKeys()]));
    const hash = createHash('sha256');
    for (const [site, { publicKey }] of this.session) hash.update(`${site}\n`).update(publicKey);
    this.list = hash.digest('hex');
  }

  mask(site: string, { path, step, sites }: RoundCall, { request, sums }: { readonly request: Uint8Array; readonly sums: Sums }): Uint8Array {
    const question = createHash('sha256').update(`${step.name} ${step.version}\n`).update(request).digest('hex');
    const purpose = { run: 'in-process', round: path, attempt: 1, question, list: this.list, sites };
    return maskBlocks(sums, pairStreams(site, this.keysOf(site), purpose), sites.length);
  }

  private keysOf(site: string): ReadonlyMap<string, Uint8Array> {
    const known = this.agreed.get(site);
    if (known) return known;
    const { secretKey } = this.session.get(site)!;
    const others = [...this.session].filter(([name]) => name !== site);
    const keys = new Map(others.map(([name, { publicKey }]) => [name, agreedKey(secretKey, publicKey)!]));
    this.agreed.set(site, keys);
    return keys;
  }
}
