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
