import type { TableSettings } from '../settings/agent-settings.js';
import type { StepCall, StepOutcome } from './step-call.js';

export interface WorkerSetting {
  readonly root: string;
  readonly tables: readonly TableSettings[];
  readonly artefacts: string;
  readonly plans: string;
  /** Whose signature the plans bear. */
  readonly coordinatorKey: string;
  readonly site: string;
}

export type WorkerQuestion = { readonly id: number; readonly ask: 'cohort' } | { readonly id: number; readonly ask: 'run'; readonly call: StepCall };

export type WorkerAnswer = { readonly id: number; readonly result: string | StepOutcome } | { readonly id: number; readonly fault: string };
