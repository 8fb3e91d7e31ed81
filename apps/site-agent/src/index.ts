import type { StartAgentOptions } from './agent/agent-options.js';
import type { RunningAgent } from './agent/start-agent.js';
import type { PlanReview } from './plans/plan-review.js';
import type { ReviewOptions } from './plans/review-plan.js';

export type { ReviewOptions, RunningAgent, StartAgentOptions };
export { isStopped, markStopped, resumeSite, stoppedOf, stopSite, type Stopped, type StoppedSite, type StopOptions } from './agent/site-stop.js';
export { stopAgent } from './agent/stop-agent.js';
export { CONSOLE_PORT, consoleAddress, setConsolePassword, type SetPasswordOptions } from './console/console-password.js';
export { CohortReader, type Cohort } from './data/cohort.js';
export { checkPlanFit, type PlanFit } from './data/plan-fit.js';
export { checkSite, type SiteCheck } from './doctor/check-site.js';
export type { Finding } from './doctor/finding.js';
export { enrolSite, type EnrolledSite, type EnrolOptions } from './enrolment/enrol-site.js';
export { initSite, type InitialisedSite, type InitOptions } from './enrolment/init-site.js';
export { extractionPauseOf, type ExtractionPause } from './extraction/extraction-pause.js';
export { existingSiteFolder, siteFolder, type SiteFolder } from './folder/site-folder.js';
export { backupSite, type BackupOptions } from './backup/backup-site.js';
export { restoreSite, type RestoredSite, type RestoreOptions } from './backup/restore-site.js';
export { rotateKey, type RotatedKey } from './keys/rotate-key.js';
export { ledgerCsv } from './ledger/ledger-csv.js';
export { ledgerJson } from './ledger/ledger-json.js';
export { verifyReceipts, type ReceiptVerification } from './ledger/verify-receipts.js';
export { readEnrolment } from './enrolment/enrolment.js';
export type { LedgerEntry, LedgerPart } from '@consilium/protocol';
export { readLedger, verifyLedger } from './ledger/ledger.js';
export { listLineage, withdrawPatient } from './lineage/withdraw-patient.js';
export type { AffectedRun } from './lineage/withdrawals.js';
export { listBudget, type BudgetAtSite } from './privacy/list-budget.js';
export { purgeOutbox } from './outbox/purge-outbox.js';
export { approvePlan, listPlans, refusePlan, withdrawApproval, type ApprovedPlan, type DecideOptions, type ListedPlan } from './plans/decide-plan.js';
export type { PlanReview, Sample, StageReview, StepReview } from './plans/plan-review.js';
export { toldError } from './told-error.js';
export { readSettings, type AgentSettings, type TableSettings } from './settings/agent-settings.js';
export { predictTable, type TablePrediction } from './predictions/predict-table.js';
export { type ModelFileUpdate, updateModelFile } from './predictions/update-model-file.js';
export type { ModelRequest } from './predictions/usable-model.js';

/** See agent/start-agent.ts. The framework of the agent loads with it: a steward's commands use the folder alone and do not wait for that. */
export const startAgent = async (root: string, options?: StartAgentOptions): Promise<RunningAgent> => (await import('./agent/start-agent.js')).startAgent(root, options);

/** See plans/review-plan.ts. The rehearsal loads with it: the other commands of a steward do not wait for that. */
export const reviewPlan = async (root: string, digest: string, options?: ReviewOptions): Promise<PlanReview> => (await import('./plans/review-plan.js')).reviewPlan(root, digest, options);
