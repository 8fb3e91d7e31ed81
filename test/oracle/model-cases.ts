import type { Spread } from './cohorts.js';
import { clinicalDesign, expected, subset8, tolerances, type Comparison, type DataSet, type Json } from './reference.js';
import { ask, part, type OracleCase } from './oracle-case.js';

/** LASSO and logistic models against the topics lasso_linear, logistic and linear_models. */
export function modelCases(dataSet: DataSet): OracleCase[] {
  return [...lassoCases(dataSet), ...logisticCases(dataSet), ...penalisedCases(dataSet), univariate(dataSet)];
}

function lassoCases(dataSet: DataSet): OracleCase[] {
  const { definition, ...blocks } = expected(dataSet, 'lasso_linear');
  if (typeof definition !== 'string') throw new Error('The reference has another shape.');
  return Object.entries(blocks as Record<string, Json>).map(([name, want]) => ({
    name: `linear LASSO, ${name}`,
    // 600 features in ten folds are 550 fits and 1.8 million sums a site: two spreads show that the split does not matter.
    ...(want.p > 300 ? { spreads: ['own', 10] satisfies Spread[], heavy: true } : {}),
    ask: ask('linear-lasso', { outcome: 'y', features: want.features, folds: 'fold', scaler: 'once', alphas: { min: 0.001, max: 1, count: 50 }, ...part(name.startsWith('train') ? 'train' : 'all') }),
    check: (compare, got) => checkLasso(compare, got, want),
  }));
}

function checkLasso(compare: Comparison, got: Json, want: Json): void {
  compare.same('n', got.n, want.n);
  compare.all('z mean', got.scaling.mean, want.z_mean, tolerances.moments);
  compare.all('z sd', got.scaling.sd, want.z_sd_ddof0, tolerances.moments);
  compare.all('alphas', got.alphas, want.alphas_descending, { relative: 1e-12 });
  want.cv_mse_by_fold.forEach((row: number[], f: number) => compare.all(`fold error(${f})`, got.squaredErrorByFold[f], row, tolerances.lasso));
  compare.all('mean error', got.meanSquaredError, want.cv_mse_mean, tolerances.lasso);
  compare.all('its standard error', got.standardError, want.cv_mse_se, tolerances.lasso);
  for (const [choice, alpha, selected] of [[got.minimum, want.alpha_min, want.selected_min], [got.oneStandardError, want.alpha_1se, want.selected_1se]] as const) {
    compare.near('chosen alpha', choice.alpha, alpha, { relative: 1e-12 });
    compare.same('selected', choice.coefficients.map((row: Json) => row.feature), selected);
  }
  // Of the large problem the reference keeps some penalties of the path.
  want.path.forEach((point: Json) => {
    const a = want.alphas_descending.indexOf(point.alpha);
    const { intercept, coefficients } = got.path[a];
    compare.near(`intercept[${a}]`, intercept, point.intercept, tolerances.lassoCoefficient);
    compare.same(`active at ${a}`, coefficients.map((row: Json) => row.feature), point.j.map((j: number) => want.features[j]));
    compare.all(`coefficient(${a})`, coefficients.map((row: Json) => row.coefficient), point.b, tolerances.lassoCoefficient);
  });
}

function logisticCases(dataSet: DataSet): OracleCase[] {
  const want = expected(dataSet, 'logistic');
  const rad = subset8(dataSet);
  const scaled = rad.map((name) => `z_${name}`);
  const blocks: [string, string[]][] = [
    ['pooled_subset8_raw', rad],
    ['pooled_subset8_z', scaled],
    ['pooled_subset8_site_fixed_effects', [...rad, 'site=B', 'site=C', 'site=D']],
    ['pooled_z8_plus_clinical', [...scaled, ...clinicalDesign]],
    ['train_clinical', clinicalDesign],
    ['train_rad', rad],
    ['train_comb', ['p_rad', ...clinicalDesign]],
  ];
  return blocks.map(([name, features]) => ({
    name: `unpenalised logistic regression, ${name}`,
    ask: ask('logistic-regression', { outcome: 'y', features, ...part(name.startsWith('train') ? 'train' : 'all') }),
    check: (compare, got) => checkLogistic(compare, got, want[name]),
  }));
}

function checkLogistic(compare: Comparison, { n, table, covariance, warning }: Json, want: Json): void {
  compare.same('n', [n, table.residualDegreesOfFreedom], [want.n ?? n, want.df_residual]);
  compare.same('warning', warning, null);
  checkCoefficients(compare, table.coefficients, want);
  // R's covariances carry the error of its standard errors; small ones that of the larger variances they are made of.
  const k = want.coef.length;
  want.vcov.forEach((row: number[], i: number) =>
    row.forEach((value, j) => compare.near(`covariance[${i},${j}]`, covariance[i * k + j], value, { relative: 2e-7, absolute: 2e-7 * want.se[i] * want.se[j] })),
  );
  for (const [figure, reference] of [['nullDeviance', 'null_deviance'], ['deviance', 'deviance'], ['aic', 'aic'], ['bic', 'bic'], ['logLikelihood', 'loglik']] as const) {
    compare.near(figure, table[figure], want[reference], tolerances.logistic);
  }
}

/** Wald rows: what is made of the standard error has its tolerance, and exp() turns an absolute error into a relative one. */
function checkCoefficients(compare: Comparison, rows: Json[], want: Json): void {
  rows.forEach((row, j) => {
    const [b, se] = [Math.abs(want.coef[j] as number), want.se[j] as number];
    compare.near(`coefficient[${j}]`, row.estimate, want.coef[j], tolerances.logistic);
    compare.near(`standard error[${j}]`, row.standardError, se, tolerances.logisticError);
    compare.near(`z[${j}]`, row.z, want.z[j], tolerances.logisticError);
    // dp/p = z² dse/se: at z = 10 the seventh digit of a standard error is the fifth of p.
    compare.near(`p[${j}]`, row.p, want.p[j], { relative: Math.max(1e-6, 1e-7 * (want.z[j] as number) ** 2) });
    compare.near(`odds ratio[${j}]`, row.oddsRatio, want.or[j], { relative: 1e-8 * Math.max(1, b) });
    const ofInterval = { relative: 1e-8 * b + 1e-7 * Math.max(1, 2 * se) };
    compare.near(`odds ratio low[${j}]`, row.oddsRatioLow, want.or_lo[j], ofInterval);
    compare.near(`odds ratio high[${j}]`, row.oddsRatioHigh, want.or_hi[j], ofInterval);
  });
}

function univariate(dataSet: DataSet): OracleCase {
  const want: Json[] = expected(dataSet, 'logistic').univariate_clinical_pooled;
  return {
    name: 'univariate logistic regressions',
    ask: ask('univariate-logistic', { outcome: 'y', features: clinicalDesign }),
    check(compare, { features }) {
      const columns = ['coef', 'se', 'z', 'p', 'or', 'or_lo', 'or_hi'];
      checkCoefficients(compare, features.map((row: Json) => row.coefficient), Object.fromEntries(columns.map((name) => [name, want.map((row) => row[name])])));
    },
  };
}

function penalisedCases(dataSet: DataSet): OracleCase[] {
  const topic = expected(dataSet, 'linear_models');
  const blocks: [string, string[]][] = [['subset8_block', subset8(dataSet)]];
  if (topic.all_features_block) blocks.push(['all_features_block', expected(dataSet, 'pearson').features]);
  return blocks.flatMap(([name, features]) =>
    topic[name].l2_logistic.flatMap((want: Json): OracleCase[] => [
      {
        name: `L2 logistic regression with C = ${want.C}, ${name}`,
        ask: ask('logistic-regression', { outcome: 'y', features, C: want.C, ...part('train') }),
        check: (compare, got) => checkPenalised(compare, got, { ...want, topic: topic[name] }),
      },
      {
        name: `L2 logistic regression where cross-validation has only C = ${want.C} to choose, ${name}`,
        spreads: ['own', 10],
        ask: ask('logistic-cross-validation', { outcome: 'y', features, folds: 'fold', grid: [want.C], ...part('train') }),
        check: (compare, got) => checkPenalised(compare, got.model, { ...want, topic: topic[name] }),
      },
    ]),
  );
}

function checkPenalised(compare: Comparison, got: Json, { C, w, b, objective, topic }: Json): void {
  const { model, logLikelihood } = got;
  compare.all('scale mean', model.mean, topic.z_mean, tolerances.moments);
  compare.all('scale sd', model.sd, topic.z_sd, tolerances.moments);
  compare.all('w', model.coefficients, w, tolerances.penalised);
  compare.near('b', model.intercept, b, tolerances.penalised);
  const half = model.coefficients.reduce((sum: number, x: number) => sum + (x * x) / 2, 0);
  compare.near('objective', half - C * logLikelihood, objective, tolerances.objective);
  compare.same('no table', got.table, null);
}
