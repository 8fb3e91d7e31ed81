import { gradientHistogramsAtSite } from './boosting/site.js';
import { tableCountsAtSite } from './categorical-counts/site.js';
import { riskGroupSumsAtSite, splineSumsAtSite } from './calibration-curve/site.js';
import { decisionReplicatesAtSite } from './decision-intervals/site.js';
import { groupMeansAtSite } from './group-means/site.js';
import { reclassificationAtSite } from './reclassification/site.js';
import { subgroupSumsAtSite } from './subgroups/site.js';
import { combatSumsAtSite } from './combat/site.js';
import { crossProductsAtSite } from './correlation/site.js';
import { cellCountsAtSite } from './cut-points/site.js';
import { forestCountsAtSite, heldOutErrorsAtSite } from './forest/site.js';
import { siteCountsAtSite } from './describe/site.js';
import { missingCountsAtSite } from './missing-values/site.js';
import { momentSquaresAtSite, momentTotalsAtSite } from './moments/site.js';
import { pairCountsAtSite, ratingSquaresAtSite, ratingTotalsAtSite } from './agreement/site.js';
import { leverageSumsAtSite } from './firth/site.js';
import { classCountsAtSite } from './mann-whitney/site.js';
import { foldCountsAtSite, foldSumsAtSite } from './linear-lasso/site.js';
import { hingeSumsAtSite, plattSumsAtSite } from './linear-svm/site.js';
import { localAucsAtSite, localEnsembleAtSite, nodeCoversAtSite } from './merged-trees/site.js';
import { permutationLossesAtSite } from './permutation-importance/site.js';
import { shapCellsAtSite, shapTotalsAtSite } from './shap/site.js';
import { linkEchoAtSite } from './link-test/site.js';
import { pathSumsAtSite } from './logistic-lasso/site.js';
import { foldMomentsAtSite, logisticLikelihoodsAtSite, logisticSumsAtSite } from './logistic-regression/site.js';
import { privateCountsAtSite } from './private-counts/site.js';
import { privateLogisticAtSite } from './private-logistic/site.js';
import { pooledSumsAtSite, rankBinsAtSite, recalibrationSumsAtSite, scoreCountsAtSite, siteFiguresAtSite } from './validation/site.js';
import { siteSummaryAtSite } from './site-summary/site.js';
import type { SiteStep } from './site-step.js';
import { stratifiedRanksAtSite } from './stratified-auc/site.js';
import { rankSumsAtSite } from './van-elteren/site.js';

/** Every step an agent of this release runs, one line each. What is not here is refused by name. */
export const siteSteps: readonly SiteStep[] = [
  missingCountsAtSite,
  momentTotalsAtSite,
  momentSquaresAtSite,
  tableCountsAtSite,
  rankSumsAtSite,
  stratifiedRanksAtSite,
  crossProductsAtSite,
  siteCountsAtSite,
  foldCountsAtSite,
  foldSumsAtSite,
  foldMomentsAtSite,
  logisticSumsAtSite,
  logisticLikelihoodsAtSite,
  siteFiguresAtSite,
  pooledSumsAtSite,
  scoreCountsAtSite,
  rankBinsAtSite,
  recalibrationSumsAtSite,
  cellCountsAtSite,
  combatSumsAtSite,
  siteSummaryAtSite,
  riskGroupSumsAtSite,
  splineSumsAtSite,
  decisionReplicatesAtSite,
  groupMeansAtSite,
  reclassificationAtSite,
  subgroupSumsAtSite,
  pathSumsAtSite,
  ratingTotalsAtSite,
  ratingSquaresAtSite,
  pairCountsAtSite,
  leverageSumsAtSite,
  classCountsAtSite,
  hingeSumsAtSite,
  plattSumsAtSite,
  gradientHistogramsAtSite,
  forestCountsAtSite,
  heldOutErrorsAtSite,
  privateCountsAtSite,
  privateLogisticAtSite,
  localEnsembleAtSite,
  localAucsAtSite,
  nodeCoversAtSite,
  shapTotalsAtSite,
  shapCellsAtSite,
  permutationLossesAtSite,
  linkEchoAtSite,
];

/** The site half of a step, or undefined where this release has none of that name and version. */
export const findSiteStep = (name: string, version: number): SiteStep | undefined =>
  siteSteps.find(({ step }) => step.name === name && step.version === version);
