import { join } from 'node:path';
import type { LocalFederation } from '../local-federation/index.js';

/** What there is to look at, with commands that can be copied. */
export function whereThingsAre(federation: LocalFederation, results: string): string {
  const { coordinator, folder, sessionFile } = federation;
  const first = [...federation.agents.values()][0]!;
  const places = [
    ['Results', `${results}: report.html with every figure, results.json, run.json, and every table as CSV`],
    ['Hospitals', `${join(folder, 'sites')}: a folder each, with its key, its approvals and its ledger`],
    ['Coordinator', `${coordinator.dataFolder}: database, artefacts, log`],
    ['HTTP API', `${coordinator.url}/api/docs (your browser does not know the certificate authority made here)`],
  ] as const;
  const commands = [
    ['What left a hospital', `npx consilium site ledger --dir ${first.root}`],
    ['The sites, as the centre sees them', `npx consilium centre sites --session ${sessionFile}`],
    ['The runs', `npx consilium run list --session ${sessionFile}`],
  ] as const;
  const lines = (pairs: readonly (readonly [string, string])[], width: number): string[] => pairs.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
  return [...lines(places, 11), '', ...commands.flatMap(([title, command]) => [`${title}:`, `   ${command}`])].join('\n');
}
