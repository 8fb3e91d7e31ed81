import { client } from './centre-actions.js';
import type { SessionOption } from './centre-commands.js';
import type { Terminal } from './terminal.js';
import { textTable } from './text-table.js';

interface ShownLineage {
  readonly run: string;
  readonly models: readonly string[];
  readonly sites: readonly string[];
  readonly withdrawn: readonly { readonly site: string; readonly atLeast: number; readonly below: number; readonly toldAt: string }[];
}

/** What the models of a run rest on, and who of it withdrew: by count only, in steps of the sites' minimum counts. */
export async function lineage(run: string, session: SessionOption, terminal: Terminal): Promise<void> {
  const { run: id, models, sites, withdrawn } = await (await client(session)).get<ShownLineage>(`/api/runs/${encodeURIComponent(run)}/lineage`);
  terminal.out(`Run ${id}: ${models.length === 0 ? 'no models' : `models ${models.join(', ')}`}, of ${sites.join(', ')}.`);
  if (withdrawn.length === 0) return terminal.out('No site says that a patient of its training rows withdrew consent.');
  terminal.out('Patients of the training rows who withdrew consent since:');
  terminal.out(textTable(['site', 'patients', 'told'], withdrawn.map(({ site, atLeast, below, toldAt }) => [site, below - atLeast === 1 ? String(atLeast) : `${atLeast} to ${below - 1}`, toldAt.slice(0, 16).replace('T', ' ')])));
  terminal.out('Every model of the run rests on them. A run of the same plan trains without them: consilium run restart.');
}
