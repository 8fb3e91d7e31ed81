import { agentErrors, ConsiliumError } from '@consilium/protocol';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** Where a site keeps everything: one folder, readable by its owner only. */
export interface SiteFolder {
  readonly root: string;
  readonly settings: string;
  readonly identity: string;
  /** The key that is to follow, while it is not yet the site's. */
  readonly nextIdentity: string;
  /** How the site's keys followed one another. */
  readonly keyChain: string;
  readonly enrolment: string;
  readonly lock: string;
  readonly ledger: string;
  readonly outbox: string;
  readonly approvals: string;
  readonly plans: string;
  readonly runs: string;
  readonly artefacts: string;
  readonly aggregation: string;
  readonly privacy: string;
  readonly extraction: string;
  readonly logs: string;
  readonly data: string;
  readonly predictions: string;
  readonly console: string;
  readonly history: string;
  /** Whose rows trained the models of each run. */
  readonly lineage: string;
  /** There while the site is stopped. */
  readonly stopped: string;
  readonly reviews: string;
  readonly quality: string;
  /** Which series of a folder is a patient's sequence, where somebody chose. */
  readonly series: string;
  /** There while extraction rests. */
  readonly extractionPause: string;
  /** Scales of intensities that extraction was asked with. */
  readonly extractionScales: string;
}

export function siteFolder(root: string): SiteFolder {
  const at = (name: string) => join(resolve(root), name);
  return {
    root: resolve(root),
    settings: at('agent.json'),
    identity: at('identity.json'),
    nextIdentity: at('identity.next.json'),
    keyChain: at('keys.json'),
    enrolment: at('enrolment.json'),
    lock: at('agent.lock'),
    ledger: at('ledger/ledger.jsonl'),
    outbox: at('outbox'),
    approvals: at('approvals'),
    plans: at('plans'),
    runs: at('runs'),
    artefacts: at('artefacts'),
    aggregation: at('aggregation'),
    privacy: at('privacy'),
    extraction: at('extraction'),
    logs: at('logs'),
    data: at('data'),
    predictions: at('predictions/predictions.jsonl'),
    console: at('console.json'),
    history: at('history.json'),
    lineage: at('lineage'),
    stopped: at('stopped.json'),
    reviews: at('reviews.json'),
    quality: at('quality'),
    series: at('series.json'),
    extractionPause: at('extraction-pause.json'),
    extractionScales: at('extraction-scales.json'),
  };
}

/** The folder of a site that was made before; else E300. */
export function existingSiteFolder(root: string): SiteFolder {
  const folder = siteFolder(root);
  if (!existsSync(folder.settings) || !existsSync(folder.identity)) throw new ConsiliumError(agentErrors.notSiteFolder);
  return folder;
}

export async function makeFolders(folder: SiteFolder): Promise<void> {
  const { root, outbox, approvals, plans, runs, lineage, artefacts, aggregation, privacy, extraction, logs, data } = folder;
  for (const path of [root, join(root, 'ledger'), outbox, approvals, plans, runs, lineage, artefacts, aggregation, privacy, extraction, logs, data]) await mkdir(path, { recursive: true, mode: 0o700 });
}
