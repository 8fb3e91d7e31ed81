import { agreementMethod } from './agreement/method.js';
import { boostingCrossValidationMethod, boostingMethod } from './boosting/method.js';
import { chiSquaredMethod } from './categorical-counts/method.js';
import { calibrationCurveMethod } from './calibration-curve/method.js';
import { decisionIntervalsMethod } from './decision-intervals/method.js';
import { groupMeansMethod } from './group-means/method.js';
import { mergedTreesMethod } from './merged-trees/method.js';
import { permutationImportanceMethod } from './permutation-importance/method.js';
import { shapMethod } from './shap/method.js';
import { modelUpdateMethod } from './model-update/method.js';
import { modelRangesMethod } from './model-ranges/method.js';
import { reclassificationMethod } from './reclassification/method.js';
import { siteDiscriminationMethod } from './site-discrimination/method.js';
import { subgroupsMethod } from './subgroups/method.js';
import { combatMethod } from './combat/method.js';
import { correlationMethod, pearsonFilterMethod } from './correlation/method.js';
import { cutPointsMethod } from './cut-points/method.js';
import { describeMethod } from './describe/method.js';
import type { FederatedMethod } from './federated-method.js';
import { firthMethod } from './firth/method.js';
import { extraTreesMethod, forestCrossValidationMethod, randomForestMethod } from './forest/method.js';
import { linearLassoMethod } from './linear-lasso/method.js';
import { linearSvmMethod, rbfSvmMethod } from './linear-svm/method.js';
import { linkTestMethod } from './link-test/method.js';
import { logisticLassoMethod } from './logistic-lasso/method.js';
import { logisticCrossValidationMethod, logisticRegressionMethod } from './logistic-regression/method.js';
import { mannWhitneyMethod } from './mann-whitney/method.js';
import { missingValuesMethod } from './missing-values/method.js';
import { momentsMethod } from './moments/method.js';
import { privateCountsMethod } from './private-counts/method.js';
import { privateLogisticMethod } from './private-logistic/method.js';
import { siteSummaryMethod } from './site-summary/method.js';
import { stepwiseMethod } from './stepwise/method.js';
import { stratifiedAucMethod } from './stratified-auc/method.js';
import { tTestMethod } from './t-test/method.js';
import { univariateLogisticMethod } from './univariate-logistic/method.js';
import { validationMethod } from './validation/method.js';
import { varianceInflationMethod } from './variance-inflation/method.js';
import { vanElterenMethod } from './van-elteren/method.js';

/** The federated methods that can be run by name, one line each. */
export const methodCatalogue: readonly FederatedMethod[] = [
  describeMethod,
  missingValuesMethod,
  momentsMethod,
  tTestMethod,
  chiSquaredMethod,
  vanElterenMethod,
  mannWhitneyMethod,
  stratifiedAucMethod,
  correlationMethod,
  pearsonFilterMethod,
  linearLassoMethod,
  logisticLassoMethod,
  logisticRegressionMethod,
  logisticCrossValidationMethod,
  univariateLogisticMethod,
  firthMethod,
  varianceInflationMethod,
  agreementMethod,
  stepwiseMethod,
  linearSvmMethod,
  rbfSvmMethod,
  validationMethod,
  cutPointsMethod,
  combatMethod,
  siteSummaryMethod,
  calibrationCurveMethod,
  decisionIntervalsMethod,
  groupMeansMethod,
  modelRangesMethod,
  modelUpdateMethod,
  reclassificationMethod,
  siteDiscriminationMethod,
  subgroupsMethod,
  boostingMethod,
  boostingCrossValidationMethod,
  randomForestMethod,
  extraTreesMethod,
  forestCrossValidationMethod,
  privateCountsMethod,
  privateLogisticMethod,
  mergedTreesMethod,
  shapMethod,
  permutationImportanceMethod,
  linkTestMethod,
];

export const findMethod = (name: string): FederatedMethod | undefined => methodCatalogue.find((method) => method.name === name);
