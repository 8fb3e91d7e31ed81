import { describeQuality } from '@consilium/tables';
import { CohortReader } from '../data/cohort.js';
import type { SiteFolder } from '../folder/site-folder.js';
import { verifyLedger } from '../ledger/ledger.js';
import { checkImages } from '../images/image-checks.js';
import type { AgentSettings } from '../settings/agent-settings.js';
import { problem, warning, well, type Finding } from './finding.js';

const SHOWN = 20;

/** What stands in the tables. The sentences may name codes and rows: they stay at the site. */
export function checkData({ root }: SiteFolder, settings: AgentSettings): Finding[] {
  const { tables } = settings;
  if (tables.length === 0) return [problem('data', 'agent.json names no table.', 'Add the CSV file and its data dictionary under tables.')];
  const { table, issues } = new CohortReader(root, tables).read();
  const found = issues
    .filter(({ severity }) => severity !== 'note')
    .slice(0, SHOWN)
    .map(({ severity, sentence, definition }) => (severity === 'error' ? problem : warning)('data', sentence, definition?.help ?? 'Look at the table.'));
  const quality = describeQuality(table);
  const missing = quality.filter(({ missing: count }) => count > 0).length;
  const summary = `${table.pseudonyms.length} patients, ${quality.length} columns, ${missing} of them with missing values.`;
  return [...(table.pseudonyms.length > 0 ? [well('data', summary)] : [problem('data', summary, 'Check the file named in agent.json.')]), ...found, ...checkImages(root, settings, table.pseudonyms)];
}

export async function checkLedger({ ledger }: SiteFolder): Promise<Finding> {
  const verified = await verifyLedger(ledger);
  if (verified === null) return well('ledger', 'The ledger is empty: nothing has left.');
  if (verified.intact) return well('ledger', `The ledger is whole: ${verified.records} records.`);
  const { sequence = 0, reason = 'altered' } = verified.firstBreak ?? {};
  return reason === 'incomplete'
    ? warning('ledger', `Record ${sequence} is incomplete, as a crash leaves it.`, 'Nothing to do: the agent repairs this at its next start and notes it.')
    : problem('ledger', `Record ${sequence} is ${reason}. The agent does not start.`, 'Keep the file as it is and tell the data protection officer. Restore the ledger from a backup.');
}
