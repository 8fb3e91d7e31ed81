import { featuresOf } from './cohorts.js';
import { ask, part, type OracleCase } from './oracle-case.js';
import { clinicalDesign, expected, subset8, tolerances, type Comparison, type DataSet, type Json } from './reference.js';

/** Stepwise selection, Firth's regression, rank tests, agreement, variance inflation and profile intervals against their topics. */
export function selectionCases(dataSet: DataSet): OracleCase[] {
  return [...stepwiseCases(dataSet), ...firthCases(dataSet), ...rankCases(dataSet), histogramCases(dataSet), ...agreementCases(dataSet), ...logisticExtras(dataSet)];
}

const scaled8 = (dataSet: DataSet): string[] => subset8(dataSet).map((name) => `z_${name}`);

function stepwiseCases(dataSet: DataSet): OracleCase[] {
  const topic = expected(dataSet, 'stepwise');
  const all = [...scaled8(dataSet), ...clinicalDesign];
  const runs: [string, Json, string[], string][] = [
    ['backward', { direction: 'backward' }, all, 'all'],
    ['forward', { direction: 'forward' }, all, 'all'],
    ['both_from_full', { direction: 'both', start: 'full' }, all, 'all'],
    ['both_from_null', { direction: 'both', start: 'null' }, all, 'all'],
    ['train_clinical_backward', { direction: 'backward' }, clinicalDesign, 'train'],
    ['backward_bic', { direction: 'backward', criterion: 'bic' }, all, 'all'],
  ];
  return runs.map(([name, options, features, rows]): OracleCase => {
    const want = topic[name];
    // R names the same candidates in its own way.
    const named: string[] = topic.candidates.slice(topic.candidates.length - features.length);
    const ours = (step: string) => (step === '' ? null : { kind: step.startsWith('-') ? 'drop' : 'add', feature: features[named.indexOf(step.slice(2))] });
    return {
      name: `stepwise regression, ${name}`,
      spreads: ['own', 10],
      ask: ask('stepwise', { outcome: 'y', features, ...options, ...part(rows) }),
      check(compare, { steps, selected, model }) {
        compare.same('path', steps.map(({ change }: Json) => change), [want.path.step].flat().map(ours));
        compare.all('deviance', steps.map(({ deviance }: Json) => deviance), [want.path.deviance].flat(), tolerances.logistic);
        compare.all('criterion', steps.map((step: Json) => step.criterion), [want.path.aic].flat(), tolerances.logistic);
        compare.same('selected', selected, want.selected.map((term: string) => features[named.indexOf(term)]));
        compare.all('coefficients', model.table.coefficients.map(({ estimate }: Json) => estimate), want.coef, { relative: 1e-8, absolute: 1e-9 });
        // R gives the AIC of the chosen model, whatever the criterion of its steps.
        compare.near('AIC', model.table.aic, want.aic, tolerances.logistic);
      },
    };
  });
}

function firthCases(dataSet: DataSet): OracleCase[] {
  const topic = expected(dataSet, 'stratified_firth');
  const scaled = scaled8(dataSet);
  const last = topic.firth_last_site;
  const runs: [string, string[], Json][] = [
    ['firth_subset8', scaled, {}],
    ['firth_last_site', scaled.slice(0, 3), { rows: [{ column: 'site', oneOf: [last.site] }] }],
    ['firth_separated', [...scaled.slice(0, 2), 'z_separating'], {}],
  ];
  const check = (compare: Comparison, { n, coefficients, table, penalisedLogLikelihood }: Json, want: Json) => {
    compare.same('n', n, want.n);
    compare.all('coefficient', coefficients.map((row: Json) => row.coefficient), want.coef, tolerances.logistic);
    compare.all('standard error', table.map((row: Json) => row.standardError), want.se, tolerances.logistic);
    compare.near('penalised log-likelihood', penalisedLogLikelihood, want.penalised_loglik, tolerances.objective);
  };
  const cases = runs.map(([name, features, options]): OracleCase => ({
    name: `Firth's regression, ${name}`,
    spreads: ['own', 10],
    ask: ask('firth', { outcome: 'y', features, ...options }),
    check: (compare, got) => check(compare, got, topic[name]),
  }));
  return [
    ...cases,
    {
      name: "separated classes found by the unpenalised regression, and Firth's put in its place",
      spreads: ['own'],
      ask: ask('logistic-regression', { outcome: 'y', features: runs[2]![1], separation: 'firth' }),
      check(compare, got) {
        compare.same('table', got.table, null);
        compare.same('warning', /separated/.test(got.warning as string), true);
        check(compare, { ...got.firth }, topic.firth_separated);
      },
    },
  ];
}

function rankCases(dataSet: DataSet): OracleCase[] {
  const want = expected(dataSet, 'univariate');
  const at = (name: string): number => want.columns.indexOf(name);
  const features = featuresOf(dataSet);
  return ['all', 'train'].filter((rows) => want[rows] !== null).map((rows): OracleCase => ({
    name: `Mann-Whitney tests of all features, ${rows} rows`,
    ...(features.length > 100 ? { spreads: ['own', 10], heavy: true } : {}),
    ask: ask('mann-whitney', { outcome: 'y', features, ...part(rows) }),
    check(compare, got) {
      want[rows].forEach((row: Json[], j: number) => {
        const [u, p, pairs] = [row[at('U1')], row[at('p_mwu_cc')], row[at('n1')] * row[at('n0')]];
        const own = got.features[j];
        checkBounds(compare, own, { u, p, pairs, name: features[j]! });
      });
    },
  }));
}

function checkBounds(compare: Comparison, own: Json, { u, p, pairs, name }: { u: number; p: number; pairs: number; name: string }): void {
  compare.same(`U between its bounds, ${name}`, [own.uLow <= u, u <= own.uHigh], [true, true]);
  // A p of the reference has itself a relative error near 1e-9.
  compare.same(`p between its bounds, ${name}`, [own.pLow <= p * (1 + 1e-6), p <= own.pHigh * (1 + 1e-6)], [true, true]);
  compare.near('U', own.u / pairs, u / pairs, { absolute: 1e-3 });
}

function histogramCases(dataSet: DataSet): OracleCase {
  const want = expected(dataSet, 'score_histogram');
  const scores = ['p_clin', 'p_rad', 'p_comb'];
  const counts = [10, 20, 50, 100, 1000];
  const asked = ['test', 'all'].flatMap((rows) => counts.map((count) => ({ rows, count })));
  return {
    name: 'AUC of the scores from equal bins, with bounds',
    ask: (federation) =>
      federation.inParallel(asked.map(({ rows, count }) => ask('mann-whitney', { outcome: 'y', features: scores, bins: { from: 0, to: 1, count }, ...part(rows) }))),
    check(compare, got) {
      asked.forEach(({ rows, count }, a) =>
        scores.forEach((score, s) => {
          const reference = want[rows][score][count];
          const { aucLow, auc, aucHigh } = got[a].features[s];
          for (const [figure, own, value] of [['low', aucLow, reference.auc_lo], ['middle', auc, reference.auc_mid], ['high', aucHigh, reference.auc_hi]] as const) {
            compare.near(`AUC ${figure}`, own, value, tolerances.netBenefit);
          }
          compare.same('exact AUC between the bounds', aucLow <= want[rows][score].exact && want[rows][score].exact <= aucHigh, true);
        }),
      );
    },
  };
}

function agreementCases(dataSet: DataSet): OracleCase[] {
  const want = expected(dataSet, 'agreement');
  const kappa = (weights: string, pair: Json, reference: Json, figures: [string, string]): OracleCase => ({
    name: `kappa with ${weights} weights, ${pair.levels.length} levels`,
    ask: ask('agreement', { outcome: 'y', pairs: [pair], weights }),
    check(compare, { pairs: [got] }) {
      if (pair.levels.length === 4) compare.same('table', got.table, want.table4);
      compare.near('kappa', got.kappa, reference[figures[0]], tolerances.moments);
      compare.near('standard error', got.standardError, reference[figures[1]], tolerances.moments);
    },
  });
  const four = { first: 'z_rater1', second: 'z_rater2', levels: [1, 2, 3, 4] };
  const two = { first: 'z_rater1_high', second: 'z_rater2_high', levels: [0, 1] };
  return [
    kappa('none', four, want.kappa4, ['kappa', 'ase']),
    kappa('quadratic', four, want.kappa4, ['weighted_kappa_quadratic', 'weighted_ase']),
    kappa('none', two, want.kappa2_gt2, ['kappa', 'ase']),
    {
      name: 'intraclass correlations of three readings',
      ask: ask('agreement', { outcome: 'y', ratings: { reading: ['z_reading1', 'z_reading2', 'z_reading3'] } }),
      check(compare, { ratings: [got] }) {
        compare.same('patients', got.patients, want.icc_ratings.length);
        for (const [own, type] of [[got.absolute, 'ICC2'], [got.consistency, 'ICC3']] as const) {
          const row = want.icc.type.indexOf(type);
          compare.near(`${type}`, own.icc, want.icc.icc[row], tolerances.moments);
          compare.near(`${type} F`, own.f, want.icc.F[row], tolerances.moments);
          compare.near(`${type} p`, own.p, want.icc.p[row], tolerances.p);
          compare.near(`${type} low`, own.confidence.low, want.icc.lo[row], { absolute: 1e-6 });
          compare.near(`${type} high`, own.confidence.high, want.icc.hi[row], { absolute: 1e-6 });
        }
      },
    },
  ];
}

function logisticExtras(dataSet: DataSet): OracleCase[] {
  const want = expected(dataSet, 'logistic');
  return [
    {
      name: 'variance inflation factors',
      ask: ask('variance-inflation', { outcome: 'y', features: [...scaled8(dataSet), ...clinicalDesign] }),
      check: (compare, { features }) => compare.all('vif', features.map(({ vif }: Json) => vif), want.vif_pooled_z8_plus_clinical_lm.vif, tolerances.logistic),
    },
    {
      name: 'profile likelihood intervals and likelihood ratio tests of the clinical model',
      spreads: ['own', 10],
      ask: ask('logistic-regression', { outcome: 'y', features: clinicalDesign, profileIntervals: true, likelihoodRatioTests: true, ...part('train') }),
      check(compare, got) {
        const { lo, hi } = want.train_clinical_profile_ci_or;
        compare.all('low', got.profileIntervals.map((row: Json) => row.oddsRatioLow), lo, { relative: 1e-4 });
        compare.all('high', got.profileIntervals.map((row: Json) => row.oddsRatioHigh), hi, { relative: 1e-4 });
        compare.same('terms', got.likelihoodRatioTests.map(({ term, df }: Json) => [term, df]), [['age', 1], ['sex', 1], ['stage', 2], ['smoking', 1], ['logebv', 1]]);
      },
    },
  ];
}
