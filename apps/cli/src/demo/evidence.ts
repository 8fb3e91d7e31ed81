import { inProcessFederation } from '@consilium/federation/in-process';
import { executePlan, planColumns, serialiseResults } from '@consilium/study';
import type { LocalFederation } from '../local-federation/index.js';
import { readSites } from '../read-sites.js';
import { CommandRefused } from '../refusal.js';
import type { Terminal } from '../terminal.js';
import type { PlacedStudy } from './demo-study.js';

/** The plan, carried out in this process as `consilium simulate` does. */
export interface Rehearsal {
  readonly rounds: number;
  /** The bytes of its results.json. */
  readonly results: string;
}

export async function rehearse({ plan, table, siteColumn }: PlacedStudy): Promise<Rehearsal> {
  const tables = await readSites({ file: table, siteColumn, dictionary: plan.dictionary, columns: planColumns(plan) }, silent);
  let rounds = 0;
  const federation = inProcessFederation({ tables: new Map(plan.sites.map((site) => [site, tables.get(site)!])), profile: plan.disclosure, onBatch: () => void rounds++ });
  const results = serialiseResults(await executePlan(federation, plan));
  return { rounds, results };
}

/** The networked run found the same bytes, or the demonstration has failed. */
export function sameResults(networked: string, { results }: Rehearsal): string {
  if (networked !== results) throw new CommandRefused('results.json of the hospitals differs from that of the rehearsal. Tell the makers of Consilium.');
  return `results.json is the same as the rehearsal's, byte for byte (${Math.round(results.length / 1000)} kB).`;
}

/** Every site's ledger, its chain of digests followed from the first record to the last. */
export async function verifyLedgers(federation: LocalFederation): Promise<string> {
  const records: string[] = [];
  for (const agent of federation.agents.values()) {
    const verified = await agent.verifyLedger();
    if (verified === null || !verified.intact) throw new CommandRefused(`The ledger of ${agent.site} does not verify. Its folder is kept.`);
    records.push(`${agent.site} ${verified.records}`);
  }
  return `Every hospital's ledger of what left it is whole. Records: ${records.join(', ')}.`;
}

const silent: Terminal = { out: () => undefined, note: () => undefined, status: () => undefined, interactive: false, now: () => performance.now(), exitCode: () => undefined };
