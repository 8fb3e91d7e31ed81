import { listLineage, withdrawPatient, type AffectedRun } from '@consilium/site-agent';
import type { ConsentOptions } from './site-commands.js';
import type { Terminal } from './terminal.js';
import { textTable } from './text-table.js';

/** A patient withdrew consent. */
export async function withdrawPatientHere(patient: string, { dir, reason }: ConsentOptions, terminal: Terminal): Promise<void> {
  const affected = await withdrawPatient(dir, patient, { reason: reason ?? null });
  terminal.out('The patient is left out of every question from now on. A run that has begun is refused here until it is launched anew.');
  if (affected.length === 0) return terminal.out('No run trained on this patient.');
  terminal.out('Runs that trained on this patient; the coordinating centre is told which, and no more than a range of how many patients withdrew:');
  terminal.out(tableOf(affected, false));
}

/** The runs that the site's rows trained. */
export async function lineage(dir: string, terminal: Terminal): Promise<void> {
  const runs = listLineage(dir);
  terminal.out(runs.length === 0 ? 'No run has trained on rows of this site.' : tableOf(runs, true));
}

function tableOf(runs: readonly AffectedRun[], counts: boolean): string {
  const rows = runs.map(({ lineage: { run, title, models, since, patients }, withdrawn }) => [run, title, models.join(', '), since.slice(0, 10), ...(counts ? [String(patients.size), String(withdrawn)] : [])]);
  return textTable(['run', 'plan', 'models', 'trained since', ...(counts ? ['patients', 'withdrawn since'] : [])], rows);
}
