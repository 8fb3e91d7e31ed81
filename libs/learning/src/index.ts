export { type LateFusionArtefact } from './late-fusion.js';
export { linearPredictor, predict, type LinearModelArtefact } from './linear-model.js';
export { modelFeatures, modelValue, parseModel, predictModel, type ModelArtefact } from './model-artefact.js';
export { hasOnly, isNames, isNumber, isNumbers, recordOf, type ModelKind, type ModelRecord, type Models } from './model-kind.js';
export { combineLinearSums, linearSums, packedLength, type LinearSums } from './linear-sums.js';
export { lassoPath, lassoProblem, type LassoProblem, type LassoSolution } from './lasso-path.js';
export {
  crossValidateLasso,
  lassoCrossValidationSteps,
  logarithmicGrid,
  meanSquaredError,
  type LassoChoice,
  type LassoCrossValidation,
  type LassoCrossValidationOptions,
} from './lasso-cross-validation.js';
export { logisticStatistics, logLikelihoodAt, type LogisticData, type LogisticStatistics } from './logistic-statistics.js';
export { regularisedLogistic, type RegularisedLogisticFit, type RegularisedLogisticProblem } from './regularised-logistic.js';
export { LogisticNewton, type LogisticFit, type LogisticNewtonOptions, type LogisticStatus } from './logistic-newton.js';
export {
  coefficient,
  fitLogistic,
  fitWarning,
  linearModelOf,
  logisticTable,
  rawCoefficients,
  SEPARATION_LIMIT,
  type Coefficient,
  type ColumnScaling,
  type FitWarning,
  type LogisticTable,
} from './logistic-model.js';
export { calibrationFit, calibrationOf, clippedLogit, PROBABILITY_CLIP, standardErrors, type CalibrationFit, type Estimate } from './recalibration.js';
export { cellOf, countByCell, finerEdges, outerEdges, quantileCuts } from './quantile-cuts.js';
export { PenalisedPath, type PathAnswer, type PathQuestion, type PathSolution, type TrainingSet } from './elastic-net/penalised-path.js';
export { heldOutLogLikelihood, PathRows } from './elastic-net/path-rows.js';
export { choosePenalty, linearModelFromPath, type PenaltyChoice } from './elastic-net/choose-penalty.js';
export type { RecalibratedArtefact } from './recalibrated-model.js';
export { decisionValues, hingeStatistics, type HingeStatistics, type SvmObjective } from './svm/squared-hinge.js';
export { SvmLimitedMemory, SvmNewton, type SvmFit, type SvmSolver } from './svm/svm-solver.js';
export { fourierFeatures, type FourierMap } from './svm/fourier-features.js';
export { type FourierSvmArtefact, type LinearSvmArtefact, type PlattScaling } from './svm/svm-model.js';
export { FirthNewton, leverageScores, type FirthFit } from './firth.js';
export { ProfileBound, type ProfileTarget } from './profile-likelihood.js';
export { chooseChange, stepwiseChanges, type StepwiseChange, type StepwiseModel, type StepwiseOptions } from './stepwise.js';
export { linearShap } from './linear-shap.js';
export { shapleyValues, usedFeatures, type ShapleyScale, type ShapleyValues } from './shapley-values.js';
export * from './trees/index.js';
