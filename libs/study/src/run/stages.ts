import type { Federation } from '@consilium/federation';
import type { AnalysisPlan } from '../plan/plan-schema.js';
import type { ExecuteOptions } from './execute-plan.js';
import { figureOf } from './figure-of.js';
import type { Figure, StageResults } from './run-results.js';

/** A stage reads what earlier stages left in the context and adds its own. */
export interface Stage {
  readonly name: string;
  run(federation: Federation, plan: AnalysisPlan): Promise<StageResults>;
}

const stagesOf = (_plan: AnalysisPlan): Stage[] => [];

/** The plan's stages in their order. A stage that a refused round leaves without any figure is suppressed as a whole. */
export async function runStages(federation: Federation, plan: AnalysisPlan, options: ExecuteOptions): Promise<Record<string, Figure<StageResults>>> {
  const stages = stagesOf(plan);
  const results: Record<string, Figure<StageResults>> = {};
  for (const [index, stage] of stages.entries()) {
    options.onStage?.(stage.name, index, stages.length);
    results[stage.name] = await figureOf(() => stage.run(federation, plan));
  }
  return results;
}
