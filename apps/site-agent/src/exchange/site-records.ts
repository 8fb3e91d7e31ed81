import type { Clock } from '@consilium/secure-channel';
import type { Masking } from '../aggregation/masking.js';
import type { AnsweredStore } from '../history/answered-store.js';
import type { LineageStore } from '../lineage/lineage-store.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Outbox } from '../outbox/outbox.js';
import type { Approvals } from '../plans/approvals.js';
import type { PlanStore } from '../plans/plan-store.js';
import type { PrivacyBudget } from '../privacy/privacy-budget.js';
import type { ArtefactStore } from '../runs/artefact-store.js';
import type { RunStore } from '../runs/run-store.js';

/** What a site remembers, all of it in its folder. */
export interface SiteRecords {
  readonly plans: PlanStore;
  readonly approvals: Approvals;
  readonly runs: RunStore;
  readonly artefacts: ArtefactStore;
  readonly masking: Masking;
  readonly privacy: PrivacyBudget;
  readonly outbox: Outbox;
  readonly ledger: Ledger;
  readonly answered: AnsweredStore;
  readonly lineage: LineageStore;
  readonly clock: Clock;
  /** Whether people stopped the site. Asked of the disk each time. */
  readonly stopped: () => boolean;
}

export const timestamp = ({ clock }: Pick<SiteRecords, 'clock'>): string => new Date(clock.now()).toISOString();
