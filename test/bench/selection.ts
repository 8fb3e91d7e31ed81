import { federatedGreedyFilter, federatedLinearLasso, federatedLogisticLasso, federatedMoments, standardDeviation, type Federation, type ViewSpec } from '@consilium/federation';
import { inProcessFederation } from '@consilium/federation/in-process';
import { logarithmicGrid } from '@consilium/learning';
import { SeededRandom } from '@consilium/numerics';
import type { Table } from '@consilium/tables';
import type { Bench } from './bench.js';

const PATIENTS = 400;
const FEATURES = 5502;
const BLOCK = 10;
const CORRELATION = 0.95;

type Column = Table['columns'] extends ReadonlyMap<string, infer C> ? C : never;

/** Features in blocks of ten with a correlation of 0.95 within each, an outcome that eight blocks bear on, four sites of different size. */
function madeUpSites(): Map<string, Table> {
  const random = SeededRandom.fromSeed('selection bench');
  const factors = Array.from({ length: Math.ceil(FEATURES / BLOCK) }, () => Float64Array.from({ length: PATIENTS }, () => random.normal()));
  const features = Array.from({ length: FEATURES }, (_, j) => factors[Math.floor(j / BLOCK)]!.map((x) => Math.sqrt(CORRELATION) * x + Math.sqrt(1 - CORRELATION) * random.normal()));
  const y = Float64Array.from({ length: PATIENTS }, (_, i) => {
    const eta = factors.slice(0, 8).reduce((sum, factor, b) => sum + (b % 2 === 0 ? 0.8 : -0.8) * factor[i]!, 0);
    return random.uniform() < 1 / (1 + Math.exp(-eta)) ? 1 : 0;
  });
  const starts = [0, 160, 280, 360, PATIENTS];
  return new Map(
    ['A', 'B', 'C', 'D'].map((site, s) => {
      const cut = (values: Float64Array): Column => ({ kind: 'number', values: values.slice(starts[s], starts[s + 1]) });
      const names = Array.from({ length: starts[s + 1]! - starts[s]! }, (_, i) => `${site}${String(i).padStart(3, '0')}`);
      const columns = new Map<string, Column>([['y', cut(y)], ...features.map((values, j): [string, Column] => [`f${j}`, cut(values)])]);
      return [site, { pseudonyms: names, columns }];
    }),
  );
}

async function timedOnce<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const started = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - started) / 1000 };
}

async function filter(federation: Federation, view: ViewSpec): Promise<string[]> {
  const moments = await federatedMoments(federation, view);
  const { kept } = await federatedGreedyFilter(federation, view, moments, { order: Array.from(view.features.keys()), threshold: 0.9 });
  return kept.sort((a, b) => a - b).map((j) => view.features[j]!);
}

async function columnsOf(federation: Federation, view: ViewSpec) {
  const { all } = await federatedMoments(federation, view);
  return { view, scaling: { mean: all.mean, sd: standardDeviation(all, 0) } };
}

export const selectionBench: Bench = {
  name: 'selection',
  title: `Selection among ${FEATURES} made-up features of ${PATIENTS} patients over four sites in one process: Pearson filter, then LASSO with 10 folds`,
  async run(note) {
    const federation = inProcessFederation({ tables: madeUpSites(), profile: 'open-data' });
    const folds = { kind: 'dealt', folds: 10, seed: 'bench' } as const;
    const view: ViewSpec = { outcome: 'y', features: Array.from({ length: FEATURES }, (_, j) => `f${j}`), rows: [], folds };
    const filtered = await timedOnce(() => filter(federation, view));
    const survivors: ViewSpec = { ...view, features: filtered.result };
    const linear = await timedOnce(async () => federatedLinearLasso(federation, { ...(await columnsOf(federation, survivors)), alphas: logarithmicGrid(0.001, 1, 50) }));
    const memory = process.resourceUsage().maxRSS / 2 ** 20;
    const logistic = await timedOnce(async () => federatedLogisticLasso(federation, { ...(await columnsOf(federation, survivors)), lambdas: { count: 30, ratio: 0.05 } }));
    note(`${filtered.result.length} features survive the filter; the linear LASSO selects ${linear.result.minimum.selected.length}, the logistic one ${logistic.result.path[logistic.result.minimum]!.selected.length}, in ${logistic.result.rounds} messages.`);
    return [
      { name: `Pearson filter of ${FEATURES} features`, value: filtered.seconds, unit: 's' },
      { name: `linear LASSO of ${filtered.result.length}, 50 penalties`, value: linear.seconds, unit: 's' },
      { name: 'filter and linear LASSO', value: filtered.seconds + linear.seconds, unit: 's', target: 60 },
      { name: 'largest memory of the process until then', value: memory, unit: 'GiB', target: 1.5 },
      { name: 'logistic LASSO of the same, 30 penalties', value: logistic.seconds, unit: 's' },
      { name: 'largest memory of the process', value: process.resourceUsage().maxRSS / 2 ** 20, unit: 'GiB' },
    ];
  },
};
