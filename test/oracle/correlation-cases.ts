import { expected, tolerances, type DataSet, type Json } from './reference.js';
import { ask, part, type OracleCase } from './oracle-case.js';

/** Correlations and the features that each Pearson rule keeps, against the topic pearson. */
export function correlationCases(dataSet: DataSet): OracleCase[] {
  const want = expected(dataSet, 'pearson');
  return [correlations(want), ...['all', 'train'].flatMap((rows) => filters(want, rows))];
}

function correlations(want: Json): OracleCase {
  const first: number[][] = want.r_first_100 ?? want.r_first_30;
  const pairs: [number, number, number][] = want['pairs_abs_r_gt_0.85_all'];
  return {
    name: 'correlations of all pairs of features',
    ask: ask('correlation', { outcome: 'y', features: want.features }),
    check(compare, { correlation }) {
      first.forEach((row, j) => compare.all(`r(${j})`, correlation[j].slice(0, row.length), row, tolerances.correlation));
      pairs.forEach(([i, j, r]) => compare.near(`r[${i},${j}]`, correlation[i][j], r, tolerances.correlation));
      const strong = correlation.flatMap((row: number[], i: number) => row.flatMap((r, j) => (j > i && Math.abs(r) > 0.85 ? [[i, j]] : [])));
      compare.same('pairs above 0.85', strong, pairs.map(([i, j]) => [i, j]));
    },
  };
}

const fullRules = { A: 'A_keep_earlier_greedy', B: 'B_keep_smaller_p_greedy', C: 'C_pairscan_smaller_p', D: 'D_uppertriangle' } as const;
const afterTTest = { A: 'A_after_ttest', B: 'B_after_ttest' } as const;

function filters(want: Json, rows: string): OracleCase[] {
  const names = (places: number[]) => places.map((j) => want.features[j] as string);
  const one = (rule: string, reference: number[], screened: boolean): OracleCase => ({
    // Of many features the rules rest on the same products of all pairs, too many numbers to send over the network six times: rule B goes there.
    ...(want.features.length > 100 && rule !== 'B' ? { inProcessOnly: true } : {}),
    name: `rule ${rule}${screened ? ' after the t test' : ''}, ${rows} rows`,
    ask: ask('pearson-filter', { outcome: 'y', features: want.features, rule, threshold: 0.9, ...(screened ? { tTestBelow: 0.05 } : {}), ...part(rows) }),
    check(compare, { kept, candidates }) {
      compare.same('kept', kept, names(reference));
      if (screened) compare.same('candidates', candidates, names(want[rows]['t_test_p_lt_0.05']));
    },
  });
  return [
    ...Object.entries(fullRules).map(([rule, key]) => one(rule, want[rows][key], false)),
    ...Object.entries(afterTTest).map(([rule, key]) => one(rule, want[rows][key], true)),
  ];
}
