import { fileStamp, writeDurably } from '@consilium/operations';
import { withdrawalsSchema, type WithdrawalsMessage } from '@consilium/protocol';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { timestamp, type SiteRecords } from '../exchange/site-records.js';
import type { SiteFolder } from '../folder/site-folder.js';
import { readReviews, withdrawnPatients } from '../patients/patient-reviews.js';
import type { AgentSettings } from '../settings/agent-settings.js';
import { affectedRuns, withdrawalStatement } from './withdrawals.js';

export interface WithdrawalNoticeOptions {
  readonly records: SiteRecords;
  readonly settings: Pick<AgentSettings, 'disclosure'>;
  readonly site: string;
  readonly folder: Pick<SiteFolder, 'reviews' | 'lineage'>;
}

/**
 * Tells the coordinating centre which runs trained on patients who withdrew consent since: in steps of the minimum count, on the ledger first, and again on every connection
 * as long as there are any. What was told last is kept, so that the centre also hears when nobody is left.
 */
export class WithdrawalNotice {
  private looked = '';
  private told: string | undefined;

  constructor(private readonly options: WithdrawalNoticeOptions) {}

  /** A new connection: the centre may have missed what was told on the last one. */
  connected(): void {
    this.looked = '';
    this.told = this.lastTold() === NOTHING ? NOTHING : undefined;
  }

  /** What is to be told now; cheap where nothing changed. It stands on the ledger. */
  async next(): Promise<WithdrawalsMessage | undefined> {
    const { records, folder } = this.options;
    const look = `${stampOf(folder.reviews)} ${records.lineage.version}`;
    if (look === this.looked) return undefined;
    const runs = this.statement();
    if (!runs) return undefined;
    this.looked = look;
    const text = JSON.stringify(runs);
    if (text === this.told) return undefined;
    await records.ledger.append({ event: 'withdrawals', at: timestamp(records), runs });
    this.told = text;
    return { type: 'withdrawals', runs };
  }

  /** The message went out. */
  async sent({ runs }: WithdrawalsMessage): Promise<void> {
    const text = JSON.stringify(runs);
    if (this.lastTold() !== text) await writeDurably(this.path, text);
  }

  /** Undefined where the record of excluded patients is damaged: then nobody knows who withdrew. */
  private statement(): WithdrawalsMessage['runs'] | undefined {
    const { records, settings, site, folder } = this.options;
    const reviews = readReviews(folder.reviews);
    return reviews && withdrawalStatement(affectedRuns(records.lineage.all(), withdrawnPatients(reviews)), {
      planOf: (digest) => records.plans.find(digest)?.plan,
      takesPart: (run) => records.runs.find(run)?.sites.includes(site) ?? true,
      disclosure: settings.disclosure,
    });
  }

  private lastTold(): string {
    if (!existsSync(this.path)) return NOTHING;
    try {
      return JSON.stringify(withdrawalsSchema.shape.runs.parse(JSON.parse(readFileSync(this.path, 'utf8'))));
    } catch {
      return 'unknown';
    }
  }

  private get path(): string {
    return join(this.options.folder.lineage, 'told.json');
  }
}

const NOTHING = '[]';

function stampOf(path: string): string {
  return fileStamp(path) ?? 'absent';
}
