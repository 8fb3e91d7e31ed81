import type { Federation } from '@consilium/federation';
import { pipelineModels } from '../plan/pipeline-schema.js';
import type { AnalysisPlan } from '../plan/plan-schema.js';
import { PipelineTraining } from './pipeline/pipeline-training.js';
import type { Figure } from './run-results.js';
import { type DerivedColumn, type FittedPlanModel, type TrainedModels, uniqueColumns } from './trained-models.js';
import { Training, type TrainingRequest } from './training.js';

/** Names of all models of a plan: those of its pipeline first. */
export const modelsOf = (plan: AnalysisPlan): string[] => [
  ...(plan.pipeline ? pipelineModels(plan.pipeline, plan.clinical.length > 0) : []),
  ...plan.models.map(({ name }) => name),
];

/** A plan's pipeline and its models, trained beside each other in the same rounds. */
export class PlanTraining implements TrainedModels {
  private constructor(
    readonly models: Training | null,
    readonly pipeline: PipelineTraining | null,
  ) {}

  static async run(federation: Federation, plan: AnalysisPlan, request: TrainingRequest): Promise<PlanTraining> {
    const own = request.models.filter((name) => plan.models.some((model) => model.name === name));
    const wantsPipeline = plan.pipeline !== undefined && request.models.length > own.length;
    const parts: { models: Training | null; pipeline: PipelineTraining | null } = { models: null, pipeline: null };
    await federation.inParallel<void>([
      ...(own.length > 0 ? [async (branch: Federation) => void (parts.models = await Training.run(branch, plan, { ...request, models: own }))] : []),
      ...(wantsPipeline ? [async (branch: Federation) => void (parts.pipeline = await PipelineTraining.run(branch, plan, request.rows))] : []),
    ]);
    return new PlanTraining(parts.models, parts.pipeline);
  }

  get missing() {
    if (this.models === null && this.pipeline === null) return null;
    return { fill: { ...this.pipeline?.missing.fill, ...this.models?.missing?.fill } };
  }

  get harmonisation() {
    return this.pipeline?.harmonisation ?? this.models?.harmonisation ?? null;
  }

  get selection() {
    return this.pipeline?.selection ?? this.models?.selection ?? null;
  }

  model(name: string): Figure<FittedPlanModel> {
    return this.of(name).model(name);
  }

  predictions(names: readonly string[]): DerivedColumn[] {
    return uniqueColumns(names.flatMap((name) => this.of(name).predictions([name])));
  }

  crossFittedPredictions(federation: Federation, name: string): Promise<DerivedColumn[]> {
    return this.of(name).crossFittedPredictions(federation, name);
  }

  private of(name: string): TrainedModels {
    return this.pipeline?.names.includes(name) || this.models === null ? this.pipeline! : this.models;
  }
}
