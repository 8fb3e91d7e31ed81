/** Numbers each way, and how many rounds. */
export interface LatencyCase {
  readonly numbers: number;
  readonly rounds: number;
  readonly warmUp: number;
}

/** What the coordinator's process tells the bench. */
export type CoordinatorReport =
  | { readonly said: 'up' }
  | { readonly said: 'begins'; readonly of: LatencyCase }
  | { readonly said: 'measured'; readonly of: LatencyCase; readonly milliseconds: readonly number[]; readonly processorMilliseconds: number; readonly busy: number; readonly peakMebibytes: number };
