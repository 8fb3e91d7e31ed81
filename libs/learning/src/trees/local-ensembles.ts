import { binColumns } from './binned-columns.js';
import { Boosting, type BoostingOptions } from './boosting.js';
import { Forest, forestCounts, type ForestOptions } from './forest.js';
import type { ClassWeights } from './forest-split.js';
import { BoostedRows } from './gradient-histogram.js';
import type { PatientKeys } from './patient-draws.js';
import type { TreeEnsemble } from './trees-model.js';

/** The patients of one hospital, and cut points that are public. */
export interface LocalRows {
  /** n × p, column by column. */
  readonly X: Float64Array;
  readonly n: number;
  readonly y: Uint8Array;
  readonly cuts: readonly Float64Array[];
  readonly keys: PatientKeys;
}

/** Trees of one hospital, and on how many of its patients each of their leaves rests: what judges whether they may leave it. */
export interface GrownLocally {
  readonly ensemble: TreeEnsemble;
  /** Tree after tree, leaf after leaf. Stays at the hospital. */
  readonly leafPatients: readonly number[];
}

/** Numbers of a histogram held at once: 8 MB. */
const ROOM = 2 ** 20;

const threeDigits = (x: number): number => Math.round(x * 1000) / 1000;

/**
 * The share of events in a leaf as it may leave a hospital: (events + 1) / (patients + 2), three digits. Neither a count nor a pure leaf can be read from it.
 *
 * @example smoothedShare({ nonEvents: 5, events: 0, patients: 5 }) // 0.143
 */
export const smoothedShare = ({ nonEvents, events }: ClassWeights): number => threeDigits((events + 1) / (nonEvents + events + 2));

/** A forest of one hospital's patients, fit to leave it: thresholds are public cuts, leaves are smoothed shares, covers are left out. */
export function localForest({ X, n, y, cuts, keys }: LocalRows, options: ForestOptions): GrownLocally {
  const forest = new Forest(options, cuts);
  const rows = { data: binColumns(X, n, cuts), y, rows: everyRow(n), keys: options.bootstrap ? keys : null };
  for (let ask = forest.ask(ROOM); ask; ask = forest.ask(ROOM)) forest.receive(forestCounts(rows, ask));
  const leafPatients: number[] = [];
  const ensemble = forest.ensemble((weights) => {
    leafPatients.push(weights.patients);
    return smoothedShare(weights);
  });
  return { ensemble: withoutCovers(ensemble), leafPatients };
}

/** A boosting of one hospital's patients, fit to leave it: thresholds are public cuts, the base and leaf values have three digits, covers are left out. */
export function localBoosting({ X, n, y, cuts, keys }: LocalRows, options: BoostingOptions): GrownLocally {
  const events = y.reduce((sum, one) => sum + one, 0);
  const boosting = new Boosting(options, cuts, { n, events });
  const rows = new BoostedRows(binColumns(X, n, cuts), y, everyRow(n), boosting.base);
  const bagged = options.baggingFraction < 1;
  for (let ask = boosting.ask(); ask; ask = boosting.ask()) {
    const { tree, nodes, columns, counted, index } = ask;
    const before = boosting.trees;
    boosting.receive(rows.histograms({ tree, nodes, columns, counted, bag: bagged ? { keys, fraction: options.baggingFraction, tree: index } : null }));
    if (boosting.trees > before) rows.add(boosting.latest);
  }
  const grown = boosting.ensemble();
  const leafPatients = grown.trees.flatMap(({ feature, cover }) => [...cover.filter((_, node) => feature[node] < 0)]);
  const { trees, base, ...rest } = withoutCovers(grown);
  return { ensemble: { ...rest, base: threeDigits(base), trees: trees.map((tree) => ({ ...tree, value: tree.value.map(threeDigits) })) }, leafPatients };
}

const everyRow = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);

const withoutCovers = (ensemble: TreeEnsemble): TreeEnsemble => ({ ...ensemble, trees: ensemble.trees.map((tree) => ({ ...tree, cover: new Float64Array(tree.cover.length) })) });
