import type { PlanStage } from '@consilium/protocol';

/**
 * What each stage of a plan asks of a site, as beginnings of the names of steps. Training takes in selection, harmonisation and the pipeline; evaluation takes in
 * what explains the models, and asks for trainings again where the plan leaves sites out. A step belongs to every stage that asks for it, so that a
 * stage which is not approved keeps back the steps that only it needs.
 */
const TRAINING = [
  'moments/', 'missing-values/', 'correlation/', 'linear-lasso/', 'logistic-lasso/', 'logistic-regression/', 'firth/', 'linear-svm/', 'boosting/', 'forest/', 'cut-points/', 'combat/', 'mann-whitney/',
  'van-elteren/', 'agreement/', 'stratified-auc/', 'merged-trees/', 'private-logistic/', 'private-counts/',
];

export const stageSteps: Readonly<Record<PlanStage, readonly string[]>> = {
  extract: ['extract/'],
  describe: ['describe/', 'moments/', 'cut-points/', 'mann-whitney/', 'agreement/', 'missing-values/', 'categorical-counts/', 'logistic-regression/statistics', 'private-counts/'],
  train: TRAINING,
  evaluate: [...TRAINING, 'validation/', 'calibration-curve/', 'decision-intervals/', 'reclassification/', 'subgroups/', 'group-means/', 'site-summary/', 'describe/', 'categorical-counts/', 'shap/', 'permutation-importance/', 'private-counts/'],
};

/** The stages as the coordinator names them while it executes a plan. */
export const stageOfExecution: Readonly<Record<string, PlanStage>> = { extract: 'extract', describe: 'describe', 'select and train': 'train', pipeline: 'train', private: 'train', evaluate: 'evaluate' };

/** Whether one of these stages asks for the step; all of a plan's stages where none are named. */
export const stepInStages = (stages: readonly PlanStage[] | null, step: string): boolean => stages === null || stages.some((stage) => stageSteps[stage].some((beginning) => step.startsWith(beginning)));
