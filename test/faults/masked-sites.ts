import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MaskedSumAccumulator } from '@consilium/federation';
import type { SessionKey } from '@consilium/protocol';
import { maskBlocks } from '@consilium/secure-aggregation';
import { createIdentity, type Identity } from '@consilium/secure-channel';
import { Masking, RunStore, SessionStore } from '@consilium/site-agent/testing';
import { parsePlan, type AnalysisPlan } from '@consilium/study';

const plan = 'f'.repeat(64);

/** A site's own numbers: exact in the ring, so that sums of them are known without adding them there. */
export const termOf = (site: string): { readonly v: Float64Array } => ({ v: Float64Array.of(site.charCodeAt(0) * 0.125, -(2 ** 30) * site.charCodeAt(0), 7) });

export const sumOf = (sites: readonly string[]): number[] => [0, 1, 2].map((at) => sites.reduce((sum, site) => sum + termOf(site).v[at]!, 0));

interface MaskedSite {
  readonly identity: Identity;
  readonly masking: Masking;
  readonly runs: RunStore;
}

/** What a round left at a coordinator that keeps all it is told. */
export interface Captured {
  readonly site: string;
  readonly bytes: Uint8Array;
}

export interface Round {
  readonly run: string;
  readonly group: readonly string[];
  readonly session: string;
  readonly attempt: number;
  /** A site of the group, and before which of its two messages it is lost: its key, or its term. */
  readonly lost?: { readonly site: string; readonly before: 'key' | 'term' };
}

/** Sites of a masked plan as their agents hold them (identities, sessions on the disk, runs), and the coordinator's accumulator. */
export class MaskedSites {
  readonly captured: Captured[] = [];

  private constructor(
    readonly names: readonly string[],
    readonly analysis: AnalysisPlan,
    private readonly folder: string,
    private readonly sites: ReadonlyMap<string, MaskedSite>,
  ) {}

  static async open(names: readonly string[], quorum: number, more: object = {}): Promise<MaskedSites> {
    const folder = await mkdtemp(join(tmpdir(), 'consilium-masked-sites-'));
    const written = { consilium: 1, title: 'Masks', version: 1, study: 'masks', sites: names, quorum, seed: 's', outcome: { column: 'y', type: 'binary' }, models: [{ name: 'm', inputs: [{ columns: ['x'] }] }], ...more };
    const parsed = parsePlan(JSON.stringify(written));
    if (!('plan' in parsed)) throw new Error(parsed.problems.map(({ sentence }) => sentence).join(' '));
    const sites = new Map<string, MaskedSite>();
    for (const name of names) {
      const identity = createIdentity();
      const [sessions, runs] = [await mkdtemp(join(folder, `${name}-sessions-`)), await mkdtemp(join(folder, `${name}-runs-`))];
      sites.set(name, { identity, masking: new Masking(new SessionStore(sessions), name, identity), runs: new RunStore(runs) });
    }
    return new MaskedSites(names, parsed.plan, folder, sites);
  }

  /** Tells every site of the group the run with its sites. Throws what the first site that refuses says. */
  async announce(run: string, group: readonly string[]): Promise<void> {
    for (const name of group) await this.sites.get(name)!.runs.announce({ type: 'run', run, plan, sites: [...group], state: 'open' }, this.analysis);
  }

  /** Carries one round until it ends or a site is lost. Undefined where a message never came: then there is no sum, and nothing to make one of. */
  async round({ run, group, session, attempt, lost }: Round): Promise<number[] | undefined> {
    const keys: SessionKey[] = [];
    for (const name of group) {
      if (lost?.site === name && lost.before === 'key') return undefined;
      keys.push(await this.sites.get(name)!.masking.keyFor({ run, plan, session }));
    }
    const sum = new MaskedSumAccumulator(group.length);
    for (const name of group) {
      if (lost?.site === name) continue;
      const bytes = this.masked(name, { run, group, session, attempt }, keys);
      this.captured.push({ site: name, bytes });
      sum.add(bytes);
    }
    return Array.from(sum.total()['v']!);
  }

  masked(name: string, { run, group, session, attempt }: Round, keys: readonly SessionKey[]): Uint8Array {
    const part = { run, round: 'r', attempt, step: 'moments/totals', version: 1, bytes: new Uint8Array(0), asked: 'a'.repeat(64), maskedAmong: group };
    const participants = [...this.sites].map(([site, { identity }]) => ({ site, key: identity.publicKey }));
    const mask = this.sites.get(name)!.masking.maskFor({ plan, session: { id: session, keys: [...keys] } }, part, { plan: this.analysis, participants, sites: [...group] }, true);
    if (!mask) throw new Error('The term was not masked.');
    return maskBlocks(termOf(name), mask.streams, mask.terms);
  }

  keyOf(name: string, run: string, session: string): Promise<SessionKey> {
    return this.sites.get(name)!.masking.keyFor({ run, plan, session });
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
