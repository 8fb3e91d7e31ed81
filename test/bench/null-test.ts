import { inProcessFederation } from '@consilium/federation/in-process';
import { executePlan, parsePlan } from '@consilium/study';
import { parseTable, splitBySite } from '@consilium/tables';
import { readFileSync } from 'node:fs';
import type { Bench, Figure } from './bench.js';
import { projectFile } from './tables.js';

const PERMUTATIONS = 20;
const SEQUENCES = ['T1', 'T1C', 'T2', 'DWI', 'ADC'];
/** What a figure averages that knows nothing of the outcome, give or take what twenty permutations vary. */
const [LOWEST, HIGHEST] = [0.45, 0.55];

interface Permuted {
  readonly model: string;
  readonly mean: number | null;
  readonly sd: number | null;
  readonly p: number | null;
  readonly values: readonly (number | null)[];
}

/** The whole pipeline on all 600 features: its defaults, with the candidate models that are given and all of the default ones when none are. */
function planOf(features: readonly string[], models: readonly object[] | null) {
  const parsed = parsePlan(JSON.stringify({
    consilium: 1, title: 'Permuted outcomes', version: 1, study: 'radsyn', sites: ['A', 'B', 'C', 'D'], disclosure: 'open-data', seed: 'null-test',
    outcome: { column: 'y', type: 'binary' },
    cohort: { training: { where: [{ column: 'split', oneOf: ['train'] }] }, test: { where: [{ column: 'split', oneOf: ['test'] }] } },
    features: { columns: features }, clinical: ['age', 'smoking', 'logebv'], folds: { dealt: 5 },
    pipeline: { sequences: SEQUENCES.map((name) => ({ name, match: `*_${name}` })), ...(models === null ? {} : { models }), permute: PERMUTATIONS },
    evaluate: { rows: ['test'], thresholds: [{ kind: 'fixed', value: 0.5 }] },
  }));
  if ('problems' in parsed) throw new Error(parsed.problems.map(({ sentence }) => sentence).join(' '));
  return parsed.plan;
}

async function permuted(models: readonly object[] | null): Promise<readonly Permuted[]> {
  const csv = readFileSync(projectFile('test/oracle/data/radsyn.csv'), 'utf8');
  const tables = splitBySite(parseTable(csv, { siteColumn: 'site' }).table, 'site');
  const features = csv.split(',').filter((name) => name.startsWith('rf'));
  const results = await executePlan(inProcessFederation({ tables, profile: 'open-data' }), planOf(features, models));
  const { permutation } = results.stages['pipeline'] as { permutation: { models: Permuted[] } };
  return permutation.models;
}

const nullTest = (name: string, title: string, models: readonly object[] | null): Bench => ({
  name,
  title,
  onlyByName: true,
  async run(note) {
    const rows = await permuted(models);
    const figures = rows.flatMap(({ model, mean, sd, values, p }): Figure[] => {
      note(`${model}: mean ${mean?.toFixed(3) ?? 'none'}, sd ${sd?.toFixed(3) ?? 'none'} of ${values.filter((value) => value !== null).length} permutations; p of the outcome as it is ${p?.toFixed(3) ?? 'none'}`);
      return mean === null ? [] : [{ name: `${model}, mean AUC`, value: mean, unit: '', ...(mean < 0.5 ? { target: LOWEST, atLeast: true } : { target: HIGHEST }) }];
    });
    if (figures.length < rows.length) throw new Error('Some models have no figure.');
    return figures;
  },
});

export const nullTestBench = nullTest(
  'null-test',
  `Null test: the whole pipeline on the 600 features of radsyn with outcomes permuted ${PERMUTATIONS} times, nested cross-validated AUC of each model (logistic candidates)`,
  [{ kind: 'logistic', penalty: { kind: 'l2-cross-validated', C: [0.01, 0.1, 1, 10] } }],
);

export const nullTestAllBench = nullTest('null-test-all', 'The same with all five kinds of candidate models: half an hour of processor time', null);
