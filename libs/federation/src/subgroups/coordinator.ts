import { aucFromHistogram, calibrationFigures, CALIBRATION_CLASS, mergeBins } from '@consilium/evaluation';
import { scoreCuts } from '../calibration-curve/score-cuts.js';
import { RoundRefused, type Federation } from '../federation.js';
import { notEstimable, suppressed, type Figure } from '../validation/figures.js';
import { aucFigure } from '../validation/model-figures.js';
import { refusedSum } from '../validation/pooled.js';
import type { PooledAucFigure } from '../validation/results.js';
import type { ViewSpec } from '../view.js';
import { subgroupSums, type Subgroup, type SubgroupSums } from './exchange.js';

export interface SubgroupRequest {
  readonly view: ViewSpec;
  /** Columns of probabilities. */
  readonly models: readonly string[];
  /** Columns that divide patients, each into its groups. */
  readonly columns: readonly { readonly column: string; readonly groups: readonly Subgroup[] }[];
  readonly minimumCell?: number;
}

export interface SubgroupModelFigures {
  readonly model: string;
  readonly auc: Figure<PooledAucFigure>;
  readonly observedOverExpected: Figure<number>;
  /** log O:E and its standard error. */
  readonly logObservedOverExpected: Figure<{ readonly estimate: number; readonly standardError: number }>;
}

export interface SubgroupFigures {
  readonly name: string;
  readonly patients: Figure<number>;
  readonly events: Figure<number>;
  readonly models: readonly SubgroupModelFigures[];
}

export interface ColumnSubgroups {
  readonly column: string;
  readonly groups: readonly SubgroupFigures[];
}

/** Bins of equal numbers of patients for the areas within groups. */
const BINS = 100;

/**
 * Discrimination and calibration within groups of patients named before the study, over all sites: the AUC from rank bins with its bounds, and O:E. One
 * question a column: a site whose groups, or whose patients in none of them, hold a few of one class answers none of that column,
 * since less the others they would be told. No figure below 10 events or 10 non-events. Rounds: up to 5 for the bins, then one.
 */
export async function federatedSubgroups(federation: Federation, { models, columns, minimumCell = 0, ...request }: SubgroupRequest): Promise<ColumnSubgroups[]> {
  const view = { ...request.view, features: [...models] };
  const cuts = await rankCuts(federation, view, models);
  return federation.inParallel(
    columns.map(({ column, groups }) => async (branch: Federation): Promise<ColumnSubgroups> => {
      if (!Array.isArray(cuts)) return { column, groups: groups.map((group) => noFigures(group, models, cuts)) };
      try {
        const { sums } = await branch.sum(subgroupSums, { view, parameters: { models: [...models], column, groups: [...groups], cuts } });
        return { column, groups: groups.map((group, g) => groupFigures(sums, { group, g, models, cuts, k: minimumCell })) };
      } catch (error) {
        if (!(error instanceof RoundRefused)) throw error;
        return { column, groups: groups.map((group) => noFigures(group, models, refusedSum(error))) };
      }
    }),
  );
}

async function rankCuts(federation: Federation, view: ViewSpec, models: readonly string[]): Promise<Float64Array[] | ReturnType<typeof suppressed>> {
  try {
    const counts = (n: number) => (n === 0 ? [] : Array.from({ length: BINS - 1 }, (_, b) => Math.round(((b + 1) * n) / BINS)));
    return (await scoreCuts(federation, view, models, (n) => [counts(n)])).map(([own]) => own!);
  } catch (error) {
    if (error instanceof RoundRefused) return refusedSum(error);
    throw error;
  }
}

type NoFigure = ReturnType<typeof suppressed> | ReturnType<typeof notEstimable>;

const noModels = (models: readonly string[], none: NoFigure): SubgroupModelFigures[] => models.map((model) => ({ model, auc: none, observedOverExpected: none, logObservedOverExpected: none }));

const noFigures = ({ name }: Subgroup, models: readonly string[], none: NoFigure): SubgroupFigures => ({ name, patients: none, events: none, models: noModels(models, none) });

interface GroupPart {
  readonly group: Subgroup;
  readonly g: number;
  readonly models: readonly string[];
  readonly cuts: readonly Float64Array[];
  readonly k: number;
}

function groupFigures(sums: SubgroupSums, { group, g, models, cuts, k }: GroupPart): SubgroupFigures {
  const [n, events] = [sums.counts[2 * g]!, sums.counts[2 * g + 1]!];
  const nonEvents = n - events;
  const smaller = Math.min(events, nonEvents);
  if ([events, nonEvents].some((count) => count > 0 && count < k)) return noFigures(group, models, suppressed('minimum-cell', `A count between 1 and ${k - 1}`));
  const head = { name: group.name, patients: n, events };
  if (smaller < CALIBRATION_CLASS) return { ...head, models: noModels(models, notEstimable(`Fewer than ${CALIBRATION_CLASS} patients of the group are in one outcome class.`)) };
  const bins = cuts.reduce((sum, { length }) => sum + length + 1, 0);
  let at = g * bins;
  return {
    ...head,
    models: models.map((model, m) => {
      const part = (block: Float64Array) => block.subarray(at, at + cuts[m]!.length + 1);
      const merged = mergeBins({ events: part(sums.events), nonEvents: part(sums.nonEvents) }, k, 'class');
      at += cuts[m]!.length + 1;
      const area = aucFromHistogram(merged)!;
      const auc = { ...aucFigure(area.auc, area.variance, { events, nonEvents }), low: area.low, high: area.high, bins: merged.starts.length };
      return { model, auc, ...observedOverExpected(n, events, sums.expected[g * models.length + m]!) };
    }),
  };
}

function observedOverExpected(n: number, events: number, sumP: number): Pick<SubgroupModelFigures, 'observedOverExpected' | 'logObservedOverExpected'> {
  const none = { sumSquaredError: 0, sumLogLoss: 0, sumSpiegelhalter: 0, sumSpiegelhalterVariance: 0 };
  const figures = calibrationFigures({ n, events, sumP, ...none });
  const missing = notEstimable('No event is expected.');
  return { observedOverExpected: figures.observedOverExpected ?? missing, logObservedOverExpected: figures.logObservedOverExpected ?? missing };
}
