export {
  compareAuc,
  deLong,
  logitAuc,
  logitAucInterval,
  midRanks,
  waldAucInterval,
  type AucComparison,
  type DeLong,
  type Interval,
} from './auc.js';
export { calibrationFigures, calibrationSums, type CalibrationFigures, type CalibrationSums } from './calibration-sums.js';
export { confusionCounts, confusionFigures, youdenThresholds, type ConfusionCounts, type ConfusionFigures, type Proportion } from './confusion.js';
export { DECISION_BINS, decisionCurve, decisionHistogram, netBenefitOf, type NetBenefit } from './decision-curve.js';
export { equalBin, hosmerLemeshow, riskGroups, type HosmerLemeshow, type RiskGroup, type RiskGroupRule } from './hosmer-lemeshow.js';
export {
  aucFromHistogram,
  binByCuts,
  mergeBins,
  rocPoints,
  scoreHistogram,
  type BinnedAuc,
  type MergedHistogram,
  type MergeRule,
  type RocPoint,
  type ScoreHistogram,
} from './score-histogram.js';
export { aucStanding, CALIBRATION_CLASS, calibrationStanding, hosmerLemeshowAllowed, PRECISE_CLASS, type Standing } from './small-samples.js';
export { likelihoodFigures, type LikelihoodFigures, type LikelihoodSums } from './likelihood-figures.js';
export { nomogramOf, nomogramPoints, nomogramProbability, type Nomogram, type NomogramAxis, type NomogramModel } from './nomogram.js';
export { partialArea } from './partial-area.js';
export {
  categoryNri,
  continuousNri,
  integratedDiscriminationImprovement,
  reclassificationSums,
  riskCategory,
  type Improvement,
  type ReclassificationClass,
  type ReclassificationSums,
} from './reclassification.js';
export { restrictedCubicSpline } from './restricted-cubic-spline.js';
