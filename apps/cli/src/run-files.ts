import type { ReportPlan, RunTimeline } from '@consilium/report';
import { client } from './centre-actions.js';
import type { SessionOption } from './centre-commands.js';

/** Everything that the coordinator keeps of a closed run, for its report. */
export interface RunFiles {
  readonly results: string;
  readonly record: string;
  readonly plan: ReportPlan;
  readonly timeline: RunTimeline;
  /** Sites of the study, in whose order they have their marks. */
  readonly siteOrder: readonly string[] | null;
}

export async function fetchRun(run: string, options: SessionOption): Promise<RunFiles> {
  const centre = await client(options);
  const results = await centre.getText(`/api/runs/${run}/results`);
  const record = await centre.getText(`/api/runs/${run}/record`);
  const { plan: digest, study } = JSON.parse(record) as { readonly plan: string; readonly study: string };
  const { text } = await centre.get<{ readonly text: string }>(`/api/plans/${digest}`);
  const timeline = await centre.get<RunTimeline>(`/api/runs/${run}/timeline`);
  const studies = await centre.get<readonly { readonly name: string; readonly sites: readonly string[] }[]>('/api/studies');
  return { results, record, plan: JSON.parse(text) as ReportPlan, timeline, siteOrder: studies.find(({ name }) => name === study)?.sites ?? null };
}
