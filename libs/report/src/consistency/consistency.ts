import { contextOf, type ReportSource } from '../report-source.js';
import type { Check } from './check.js';
import { estimateChecks } from './estimate-checks.js';
import { matrixChecks } from './matrix-checks.js';
import { studyChecks } from './study-checks.js';

/**
 * Figures of one run that must not contradict each other, compared pair by pair. Each kind of contradiction is one that has stood in print: a sensitivity beside a
 * false-negative rate it excludes, two confusion matrices of one model, a share that no count gives.
 */
export function consistencyChecks(source: ReportSource): readonly Check[] {
  const context = contextOf(source);
  return [...matrixChecks(context), ...estimateChecks(context), ...studyChecks(source)];
}
