import { removeUnfinished } from '@consilium/operations';
import type { Clock } from '@consilium/secure-channel';
import type { SiteRecords } from '../exchange/site-records.js';
import { Masking } from '../aggregation/masking.js';
import { SessionStore } from '../aggregation/session-store.js';
import { AnsweredStore } from '../history/answered-store.js';
import { Ledger } from '../ledger/ledger.js';
import { LineageStore } from '../lineage/lineage-store.js';
import { Outbox } from '../outbox/outbox.js';
import { Approvals } from '../plans/approvals.js';
import { PlanStore } from '../plans/plan-store.js';
import { PrivacyBudget } from '../privacy/privacy-budget.js';
import { ArtefactStore } from '../runs/artefact-store.js';
import { RunStore } from '../runs/run-store.js';
import type { Site } from '../site.js';
import { isStopped } from './site-stop.js';

/**
 * Everything a site remembers, put in order after a crash: torn slots are emptied, and what stands in the outbox without a ledger entry
 * was never sent and is let go, to be computed when it is asked for again.
 */
export async function openRecords({ folder, identity, enrolment }: Site, clock: Clock): Promise<SiteRecords> {
  for (const path of [folder.plans, folder.approvals, folder.runs, folder.lineage, folder.artefacts, folder.aggregation]) await removeUnfinished(path);
  // First what may be damaged and stop the start: nothing is open then.
  const [answered, lineage] = [AnsweredStore.open(folder.history), LineageStore.open(folder.lineage)];
  const ledger = await Ledger.open(folder.ledger);
  const outbox = await Outbox.open(folder.outbox, clock);
  await outbox.release(outbox.unsettled().filter((kept) => ledger.sentUnder(kept)?.digest !== kept.digest));
  return {
    ledger, outbox, clock, answered, lineage,
    stopped: () => isStopped(folder),
    masking: new Masking(new SessionStore(folder.aggregation), enrolment.site, identity),
    privacy: await PrivacyBudget.open(folder.privacy),
    plans: new PlanStore(folder.plans, enrolment.coordinatorKey),
    approvals: new Approvals(folder.approvals, identity.publicKey, clock),
    runs: new RunStore(folder.runs),
    artefacts: new ArtefactStore(folder.artefacts),
  };
}
