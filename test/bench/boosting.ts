import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { boostingOptions, federatedBoosting } from '@consilium/federation';
import { inProcessFederation } from '@consilium/federation/in-process';
import type { Table } from '@consilium/tables';
import { median, type Bench } from './bench.js';
import { example, projectFile } from './tables.js';

const COPIES = 100;
const SETTINGS = { trees: 100, depth: 4, learningRate: 0.1, lambda: 1, minimumChildWeight: 1, minimumLeaf: 1, base: 'zero' } as const;
const BINS = 32;

/** Every patient a hundred times. */
function repeated({ pseudonyms, columns }: Table): Table {
  const rows = Array.from({ length: COPIES * pseudonyms.length }, (_, at) => Math.floor(at / COPIES));
  return {
    pseudonyms: rows.map((row, at) => `${pseudonyms[row]}/${String(at % COPIES).padStart(3, '0')}`),
    columns: new Map(
      [...columns].map(([name, column]) => [name, column.kind === 'number' ? { kind: 'number', values: Float64Array.from(rows, (row) => column.values[row]!) } : { ...column, codes: Int32Array.from(rows, (row) => column.codes[row]!) }]),
    ),
  };
}

/** Debian's XGBoost on the pooled rows, its histogram method with one thread: seconds of processor time for the matrix and the training, the median of three. */
const XGBOOST = `
import sys, time, statistics
import numpy, xgboost
copies, trees, depth, eta, bins = int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]), int(sys.argv[6])
names = open(sys.argv[1]).readline().strip().split(',')
table = numpy.genfromtxt(sys.argv[1], delimiter=',', skip_header=1, usecols=[names.index('y')] + list(range(10, len(names))))
table = numpy.repeat(table, copies, axis=0)
seconds = []
for _ in range(3):
    started = time.process_time()
    matrix = xgboost.DMatrix(table[:, 1:], label=table[:, 0])
    xgboost.train(dict(objective='binary:logistic', tree_method='hist', max_bin=bins, max_depth=depth, eta=eta, reg_lambda=1, min_child_weight=1, base_score=0.5, nthread=1), matrix, trees)
    seconds.append(time.process_time() - started)
print(xgboost.__version__, statistics.median(seconds))
`;

async function xgboost(): Promise<{ version: string; seconds: number } | null> {
  const file = projectFile('test/oracle/data/wdbc.csv');
  const parameters = [COPIES, SETTINGS.trees, SETTINGS.depth, SETTINGS.learningRate, BINS].map(String);
  for (const python of ['/usr/bin/python3', 'python3']) {
    const found = await promisify(execFile)(python, ['-c', XGBOOST, file, ...parameters], { env: { ...process.env, OMP_NUM_THREADS: '1' } }).catch(() => null);
    const [version, seconds] = found?.stdout.trim().split(' ') ?? [];
    if (version !== undefined && seconds !== undefined) return { version, seconds: Number(seconds) };
  }
  return null;
}

export const boostingBench: Bench = {
  name: 'boosting',
  title: `Boosting on WDBC with every patient ${COPIES} times: ${SETTINGS.trees} trees of depth ${SETTINGS.depth}, ${BINS} bins, four sites in one process; processor time`,
  async run(note) {
    const { plan, readSites } = await example('wdbc');
    const tables = new Map([...readSites()].map(([site, table]) => [site, repeated(table)]));
    const view = { outcome: 'y', features: plan.features?.columns ?? [], rows: [] };
    const sample: number[] = [];
    // The first runs warm the engine up, as in the other benches.
    for (let run = -3; run < 9; run++) {
      const federation = inProcessFederation({ tables, profile: 'open-data' });
      const before = process.cpuUsage();
      await federatedBoosting(federation, { view, options: boostingOptions(SETTINGS), bins: BINS });
      const { user, system } = process.cpuUsage(before);
      if (run >= 0) sample.push((user + system) / 1e6);
    }
    const ours = median(sample);
    const other = await xgboost();
    if (other === null) note('XGBoost (python3-xgboost) is not installed here; nothing to compare with.');
    const figures = [{ name: `${view.features.length} features, ${COPIES * 569} patients, cut points included`, value: ours, unit: 's', ...(other === null ? {} : { peers: `XGBoost ${other.version} hist, one thread, pooled: ${other.seconds.toFixed(2)} s` }) }];
    return other === null ? figures : [...figures, { name: 'times XGBoost', value: ours / other.seconds, unit: '', target: 3 }];
  },
};
