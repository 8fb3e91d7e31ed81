import { patientHash } from '@consilium/federation/site';
import { agentErrors, ConsiliumError } from '@consilium/protocol';
import { systemClock, type Clock } from '@consilium/secure-channel';
import { CohortReader } from '../data/cohort.js';
import { existingSiteFolder } from '../folder/site-folder.js';
import { PatientReviews, withdrawnPatients } from '../patients/patient-reviews.js';
import { readSettings } from '../settings/agent-settings.js';
import { LineageStore } from './lineage-store.js';
import { affectedRuns, type AffectedRun } from './withdrawals.js';

/**
 * A patient withdraws consent: excluded from every later question, and found in the models trained before. The runs that rest on the patient; their centre is told by
 * the agent. A patient whom the tables no longer have can withdraw too, where a run remembers the row.
 */
export async function withdrawPatient(root: string, patient: string, { reason = null, clock = systemClock }: { readonly reason?: string | null; readonly clock?: Clock } = {}): Promise<readonly AffectedRun[]> {
  const folder = existingSiteFolder(root);
  const lineages = LineageStore.open(folder.lineage).all();
  const isKnown = new CohortReader(folder.root, readSettings(folder).tables).readUnreviewed().table.pseudonyms.includes(patient) || lineages.some(({ patients }) => patients.has(patientHash(patient)));
  if (!isKnown) throw new ConsiliumError(agentErrors.patientUnknown, 'Neither the tables nor an earlier run have a patient of this identifier. Nothing was changed.');
  await new PatientReviews(folder.reviews).add({ patient, decision: 'excluded', reason: reason ?? 'The patient withdrew consent.', consent: 'withdrawn', at: new Date(clock.now()).toISOString() });
  return affectedRuns(lineages, [patient]).filter(({ withdrawn }) => withdrawn > 0);
}

/** Every run in which the site trained, with how many of its patients withdrew consent since. For the site's own people: these counts are exact. */
export function listLineage(root: string): readonly AffectedRun[] {
  const folder = existingSiteFolder(root);
  return affectedRuns(LineageStore.open(folder.lineage).all(), withdrawnPatients(new PatientReviews(folder.reviews).read()));
}
