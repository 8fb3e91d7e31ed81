import { client } from './centre-actions.js';
import type { SessionOption } from './centre-commands.js';

/** results.json and run.json of a closed run, as the coordinator keeps them. */
export async function fetchRun(run: string, options: SessionOption): Promise<{ readonly results: string; readonly record: string }> {
  const centre = await client(options);
  return { results: await centre.getText(`/api/runs/${run}/results`), record: await centre.getText(`/api/runs/${run}/record`) };
}
