import { expected, tolerances, type DataSet, type Json } from './reference.js';
import { featuresOf } from './cohorts.js';
import { ask, part, type OracleCase } from './oracle-case.js';

/** Moments, t tests, tables and rank tests against the topics univariate and stratified_firth. */
export function testCases(dataSet: DataSet): OracleCase[] {
  const want = expected(dataSet, 'univariate');
  return [
    ...['all', 'train'].filter((rows) => want[rows] !== null).flatMap((rows) => [moments(dataSet, rows, want[rows]), tTest(dataSet, rows, 'student', want[rows]), tTest(dataSet, rows, 'welch', want[rows])]),
    ...continuousClinical(want),
    categories(want),
    trainAgainstTestCategories(want),
    ...(want.per_site ? [perSiteMoments(dataSet, want)] : []),
    vanElteren(dataSet),
  ];
}

const tolerance = tolerances;

/** Rows of the reference are arrays in the order of `columns`. */
const fieldsOf = (columns: readonly string[], row: readonly unknown[]): Json => Object.fromEntries(columns.map((name, at) => [name, row[at]]));
const columns: readonly string[] = expected('wdbc', 'univariate').columns;

function moments(dataSet: DataSet, rows: string, want: Json): OracleCase {
  return {
    name: `moments of all features, ${rows} rows`,
    ask: ask('moments', { outcome: 'y', features: featuresOf(dataSet), ...part(rows) }),
    check(compare, { features }) {
      want.forEach((row: unknown[], j: number) => {
        const reference = fieldsOf(columns, row);
        const got = features[j];
        compare.same(`n[${j}]`, [got.n, got.nonEvents.n, got.events.n], [reference.n, reference.n0, reference.n1]);
        for (const [group, suffix] of [[got, ''], [got.nonEvents, '0'], [got.events, '1']] as const) {
          compare.near(`mean${suffix}[${j}]`, group.mean, reference[`mean${suffix}`], tolerance.moments);
          compare.near(`sd${suffix}[${j}]`, group.sd, reference[`sd${suffix}`], tolerance.moments);
        }
      });
    },
  };
}

function tTest(dataSet: DataSet, rows: string, kind: 'student' | 'welch', want: Json): OracleCase {
  return {
    name: `${kind} t tests of all features, ${rows} rows`,
    ask: ask('t-test', { outcome: 'y', features: featuresOf(dataSet), kind, ...part(rows) }),
    check(compare, { features }) {
      want.forEach((row: unknown[], j: number) => {
        const reference = fieldsOf(columns, row);
        compare.near(`t[${j}]`, features[j].t, reference[`t_${kind}`], tolerance.t);
        compare.near(`df[${j}]`, features[j].df, reference[`df_${kind}`], tolerance.t);
        compare.near(`p[${j}]`, features[j].p, reference[`p_${kind}`], tolerance.p);
      });
    },
  };
}

function continuousClinical(want: Json): OracleCase[] {
  const names = ['age', 'logebv'];
  const perKind = (['student', 'welch'] as const).map((kind): OracleCase => ({
    name: `${kind} t tests of age and EBV`,
    ask: ask('t-test', { outcome: 'y', features: names, kind }),
    check(compare, { features }) {
      names.forEach((name, j) => {
        const reference = want.clinical_continuous_vs_y[name];
        compare.near(`t ${name}`, features[j].t, reference[`t_${kind}`], tolerance.t);
        compare.near(`p ${name}`, features[j].p, reference[`p_${kind}`], tolerance.p);
      });
    },
  }));
  const training: OracleCase = {
    name: 'training against test patients: t tests of age and EBV',
    ask: ask('t-test', { outcome: 'split=train', features: names }),
    check(compare, { features }) {
      names.forEach((name, j) => {
        compare.near(`t ${name}`, features[j].t, want.clinical_train_vs_test[name].t, tolerance.t);
        compare.near(`p ${name}`, features[j].p, want.clinical_train_vs_test[name].p, tolerance.p);
      });
    },
  };
  return [...perKind, training];
}

const categoriesOf = (want: Json, names: readonly string[]) => Object.fromEntries(names.map((name) => [name, want.categorical_vs_y[name].levels as string[]]));

function categories(want: Json): OracleCase {
  const names = Object.keys(want.categorical_vs_y as object);
  return {
    name: 'chi-squared, Yates and Fisher tests of the clinical categories',
    ask: ask('chi-squared', { outcome: 'y', features: [], categories: categoriesOf(want, names) }),
    check(compare, { categories: got }) {
      names.forEach((name, c) => {
        const reference = want.categorical_vs_y[name];
        const { levels, chiSquared, yates, fisherP } = got[c];
        compare.same(`table ${name}`, levels.map((level: Json) => [level.nonEvents, level.events]), reference.table_rows_level_cols_y01);
        compare.same(`df ${name}`, chiSquared.df, reference.df);
        compare.near('chi2', chiSquared.statistic, reference.chi2, tolerance.t);
        compare.near('p', chiSquared.p, reference.p, tolerance.p);
        if (reference.chi2_yates === undefined) return;
        compare.near('yates', yates.statistic, reference.chi2_yates, tolerance.t);
        compare.near('yates p', yates.p, reference.p_yates, tolerance.p);
        compare.near('fisher p', fisherP, reference.fisher_p, tolerance.p);
      });
    },
  };
}

function trainAgainstTestCategories(want: Json): OracleCase {
  const names = ['sex', 'stage', 'smoking'];
  return {
    name: 'training against test patients: chi-squared tests',
    ask: ask('chi-squared', { outcome: 'split=train', features: [], categories: categoriesOf(want, names) }),
    check(compare, { categories: got }) {
      names.forEach((name, c) => {
        const reference = want.clinical_train_vs_test[name];
        compare.same(`df ${name}`, got[c].chiSquared.df, reference.df);
        compare.near('chi2', got[c].chiSquared.statistic, reference.chi2, tolerance.t);
        compare.near('p', got[c].chiSquared.p, reference.p, tolerance.p);
      });
    },
  };
}

function perSiteMoments(dataSet: DataSet, want: Json): OracleCase {
  const sites = Object.keys(want.per_site as object);
  return {
    name: 'moments of every site',
    spreads: ['own'],
    // Sums of one site: agents refuse them where sums travel under masks.
    inProcessOnly: true,
    ask: (federation) => federation.inParallel(sites.map((site) => (branch) => ask('moments', { outcome: 'y', features: featuresOf(dataSet) })(branch.restrict([site])))),
    check(compare, got) {
      sites.forEach((site, s) => {
        const reference = want.per_site[site];
        compare.same(`n ${site}`, [got[s].features[0].n, got[s].features[0].events.n], [reference.n, reference.n1]);
        compare.all(`mean(${site})`, got[s].features.map((row: Json) => row.mean), reference.mean, tolerance.moments);
        compare.all(`sd(${site})`, got[s].features.map((row: Json) => row.sd), reference.sd, tolerance.moments);
      });
    },
  };
}

function vanElteren(dataSet: DataSet): OracleCase {
  const want = expected(dataSet, 'stratified_firth');
  return {
    name: "van Elteren's test of all features, stratified by the data set's sites",
    spreads: ['own'],
    ask: ask('van-elteren', { outcome: 'y', features: want.features }),
    check(compare, { features, refused }) {
      compare.same('refused', refused, []);
      compare.all('z', features.map((row: Json) => row.z), want.van_elteren_z, tolerance.vanElteren);
      compare.all('z of coin', features.map((row: Json) => row.z), want.coin_blocked_rank_z, tolerance.vanElteren);
      compare.all('p', features.map((row: Json) => row.p), want.van_elteren_p, tolerance.p);
    },
  };
}

