import {
  aucStanding,
  calibrationFigures,
  calibrationStanding,
  confusionFigures,
  hosmerLemeshow,
  hosmerLemeshowAllowed,
  logitAucInterval,
  waldAucInterval,
  type CalibrationSums,
  type ConfusionCounts,
  type RiskGroup,
} from '@consilium/evaluation';
import { mapFigure, notEstimable, type Figure } from './figures.js';
import type { AucFigure, ConfusionFigure, ModelFigures } from './results.js';

export interface Classes {
  readonly events: number;
  readonly nonEvents: number;
}

/** Standard error, intervals and caution around an AUC. */
export function aucFigure(auc: number, variance: Figure<number>, classes: Classes | null): AucFigure {
  const standing = classes === null ? null : aucStanding(classes.events, classes.nonEvents);
  const known = typeof variance === 'number' ? variance : null;
  return {
    auc,
    standardError: mapFigure(variance, Math.sqrt),
    interval: known === null ? null : logitAucInterval(auc, known),
    waldInterval: known === null ? null : waldAucInterval(auc, known),
    caution: standing?.kind === 'imprecise' ? standing.sentence : null,
  };
}

export const calibrationFigure = (sums: Figure<CalibrationSums>) =>
  mapFigure(sums, (value) => (value.n === 0 ? notEstimable('No patient has a prediction.') : calibrationFigures(value)));

export function recalibrationCaution(classes: Classes | null): string | null {
  const standing = classes === null ? null : calibrationStanding(classes.events, classes.nonEvents);
  return standing?.kind === 'imprecise' ? standing.sentence : null;
}

/** The test over ten fixed groups; under a minimum count only with five groups that hold it. Shown are the groups, or others they were joined to. */
export function hosmerLemeshowFigure(groups: Figure<readonly RiskGroup[]>, minimumCell: number, shown?: readonly RiskGroup[]): ModelFigures<unknown>['hosmerLemeshow'] {
  return mapFigure(groups, (value) => {
    if (value.every(({ n }) => n === 0)) return notEstimable('No patient has a prediction.');
    if (minimumCell > 0 && !hosmerLemeshowAllowed(value, minimumCell)) return notEstimable(`Fewer than five risk groups hold ${minimumCell} patients each.`);
    const test = hosmerLemeshow(value);
    if (test === null) return notEstimable('A risk group expects no event or only events. The test is not defined.');
    return { ...test, rule: 'fixed' as const, riskGroups: shown ?? value };
  });
}

export const confusionFigure = (counts: Figure<ConfusionCounts>): Figure<ConfusionFigure> =>
  mapFigure(counts, (value) => ({ counts: value, ...confusionFigures(value) }));
