import type { ResultsFile, RunContext } from '@consilium/charts';
import type { ReportPlan } from './plan-view.js';

/** What run.json says of a run: times, bytes and rounds. */
export interface RunRecord {
  readonly run: string;
  readonly plan: string;
  readonly results: string;
  readonly launchedBy: string;
  readonly launchedAt: string;
  readonly endedAt: string;
  readonly productVersion: string;
  readonly executions: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly siteSets: readonly { readonly generation: number; readonly sites: readonly string[]; readonly decidedBy: string; readonly decidedAt: string }[];
  readonly rounds: readonly {
    readonly stageName: string;
    readonly step: string;
    readonly state: string;
    readonly sites: number | readonly string[];
    readonly openedAt: string;
    readonly closedAt: string | null;
    readonly outcome: string | null;
    readonly bytesSent: number;
    readonly bytesReceived: number;
  }[];
}

/** Lanes of a run, as the coordinator counts them. */
export interface RunTimeline {
  readonly from: number;
  readonly to: number;
  readonly lanes: readonly { readonly site: string; readonly rounds: number; readonly medianSeconds: number | null; readonly bytes: number; readonly bars: readonly { readonly from: number; readonly to: number; readonly rounds: number; readonly state: 'answered' | 'late' | 'refused' | 'waiting' }[] }[];
  readonly stages: readonly { readonly name: string; readonly from: number }[];
}

/** Everything a report is written from. What a run has not is null, and the report says so. */
export interface ReportSource {
  readonly results: ResultsFile;
  /** sha256 of the bytes of results.json. */
  readonly resultsDigest: string;
  readonly plan: ReportPlan | null;
  readonly record: RunRecord | null;
  readonly timeline: RunTimeline | null;
  /** The program that writes the report. */
  readonly productVersion: string;
  /** Sites in the order of their marks; that of the results when null. */
  readonly siteOrder: readonly string[] | null;
}

export const contextOf = ({ results, resultsDigest, record, siteOrder }: ReportSource): RunContext => ({
  results,
  resultsDigest,
  date: record?.endedAt ?? null,
  siteOrder: siteOrder ?? results.sites,
});
