import { RoundRefused, type Federation } from '@consilium/federation';
import { ConsiliumError } from '@consilium/protocol';
import type { AnalysisPlan } from '../plan/plan-schema.js';
import type { ExecuteOptions } from './execute-plan.js';
import { type Figure, type StageResults, suppressed } from './run-results.js';

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

/** The figure, or the rule that forbade it. Any other failure is thrown on. */
export async function figureOf<T>(make: () => Promise<T>): Promise<Figure<T>> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof RoundRefused) {
      const { refusal } = error.refusals[0]!;
      return suppressed(refusal.rule, refusal.sentence);
    }
    if (error instanceof ConsiliumError && error.code.startsWith('E6')) return suppressed(error.code, error.message);
    throw error;
  }
}
