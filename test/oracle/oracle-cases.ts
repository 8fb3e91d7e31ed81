import { correlationCases } from './correlation-cases.js';
import { harmonisationCases } from './harmonisation-cases.js';
import { modelCases } from './model-cases.js';
import type { OracleCase } from './oracle-case.js';
import { penalisedPathCases } from './penalised-cases.js';
import type { DataSet } from './reference.js';
import { selectionCases } from './selection-cases.js';
import { testCases } from './test-cases.js';
import { treeCases } from './tree-cases.js';
import { validationCases } from './validation-cases.js';

/** Every catalogued method, asked so that its answer is a figure of the reference. */
export const oracleCases = (dataSet: DataSet): OracleCase[] => [
  ...testCases(dataSet),
  ...correlationCases(dataSet),
  ...modelCases(dataSet),
  ...penalisedPathCases(dataSet),
  ...selectionCases(dataSet),
  ...validationCases(dataSet),
  ...harmonisationCases(dataSet),
  ...treeCases(dataSet),
];

/** Methods that are asked in many variants of one exchange. */
const families = [/^logistic elastic net/, /^linear SVM/, /^L2 logistic regression where/, /^stepwise regression/, /^Firth/, /^Mann-Whitney/, /^boosting/, /^forests of the sites/, /^mean SHAP/];

/** Of these methods one variant each, of the others all: for what a variant cannot change, as how sums travel. */
export const oneOfEachFamily = (cases: readonly OracleCase[]): OracleCase[] =>
  cases.filter((one) => {
    const family = families.find((names) => names.test(one.name));
    return family === undefined || cases.find(({ name }) => family.test(name)) === one;
  });
