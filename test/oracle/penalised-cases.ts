import { federatedValidation, findMethod } from '@consilium/federation';
import type { Value } from '@consilium/protocol';
import { featuresOf, type Spread } from './cohorts.js';
import { ask, part, type OracleCase } from './oracle-case.js';
import { expected, subset8, tolerances, type Comparison, type DataSet, type Json } from './reference.js';

/** Logistic LASSO, elastic net and support vector machines against the topics glmnet_binomial and linear_models. */
export function penalisedPathCases(dataSet: DataSet): OracleCase[] {
  return [...glmnetCases(dataSet), ...svmCases(dataSet), ...rbfCases(dataSet)];
}

function glmnetCases(dataSet: DataSet): OracleCase[] {
  const topic = expected(dataSet, 'glmnet_binomial');
  const blocks = Object.entries(topic as Record<string, Json>).filter(([, block]) => block.lambda !== undefined);
  return blocks.map(([name, want]): OracleCase => {
    const features: string[] = want.features ?? topic.features;
    const large = features.length > 300;
    return {
      name: `logistic elastic net, ${name}`,
      // 330 models of 600 features take twelve seconds of a processor: each mixing over one division.
      spreads: large ? [want.alpha === 1 ? 'own' : 2] : features.length > 20 ? (name.includes('train') ? ['own'] : ['own', 10]) : ['own', 1, 2, 10],
      ...(large ? { heavy: true, inProcessOnly: true } : {}),
      ask: ask('logistic-lasso', { outcome: 'y', features, folds: 'fold', lambdas: want.lambda, mixing: want.alpha, ...part(name.includes('train') ? 'train' : 'all') }),
      check: (compare, got) => checkPath(compare, got, { ...want, features }),
    };
  });
}

function checkPath(compare: Comparison, got: Json, want: Json): void {
  compare.same('n', got.n, want.n);
  if (want.features.length === 600 && want.alpha === 1) compare.same('at most 60 messages for 30 penalties and 10 folds', got.messages <= 60, true);
  // Beyond 100 features glmnet's own solutions are 2e-4 from the optimum, and its deviances with them.
  compare.all('cvm', got.deviance, want.cvm, { relative: want.features.length > 100 ? 2e-5 : 1e-6 });
  compare.all('cvsd', got.standardError, want.cvsd, { relative: want.features.length > 100 ? 2e-4 : 3e-6, absolute: 1e-9 });
  if (want.cvm_exact) {
    compare.all('exact cvm', got.deviance, want.cvm_exact, { relative: 1e-9 });
    compare.all('exact cvsd', got.standardError, want.cvsd_exact, { relative: 1e-7, absolute: 1e-9 });
  }
  for (const [choice, lambda, selected] of [[got.minimum, want.lambda_min, want.selected_min], [got.oneStandardError, want.lambda_1se, want.selected_1se]] as const) {
    compare.near('chosen lambda', choice.lambda, lambda, { relative: 1e-12 });
    compare.same('selected', choice.coefficients.map((row: Json) => row.feature), selected);
  }
  // At index 0, lambda_max, the active set is empty up to rounding.
  for (const point of want.path.filter(({ index }: Json) => index > 0)) {
    const { intercept, coefficients } = got.path[point.index];
    const exact = point.polish_ok ? { j: point.j, b: point.b_polished } : { j: point.j_exact ?? point.j, b: point.b_exact ?? point.b };
    const places = [exact.j].flat() as number[];
    compare.same(`active at ${point.index}`, coefficients.map((row: Json) => row.feature), places.map((j) => want.features[j]));
    const sd = places.map((j) => got.scaling.sd[j] as number);
    compare.all(`coefficient(${point.index})`, coefficients.map((row: Json) => row.coefficient), ([exact.b].flat() as number[]).map((b, i) => b * sd[i]!), { absolute: point.polish_ok || point.b_exact ? 1e-8 : 1e-5 });
    const raw = point.polish_ok ? point.intercept_polished : (point.intercept_exact ?? point.intercept);
    const shift = coefficients.reduce((sum: number, row: Json, i: number) => sum + (row.coefficient * got.scaling.mean[places[i]!]) / sd[i]!, 0);
    compare.near(`intercept(${point.index})`, intercept - shift, raw, { relative: 1e-8, absolute: 1e-7 });
    if (point.polish_ok) {
      const penalty = coefficients.reduce((sum: number, { coefficient: u }: Json) => sum + want.alpha * Math.abs(u) + ((1 - want.alpha) / 2) * u * u, 0);
      compare.near(`objective(${point.index})`, -got.path[point.index].logLikelihood / want.n + point.lambda * penalty, point.objective_polished, tolerances.objective);
    }
  }
}

const blocksOf = (dataSet: DataSet): [string, string[]][] => [
  ['subset8_block', subset8(dataSet)],
  ...(expected(dataSet, 'linear_models').all_features_block ? [['all_features_block', featuresOf(dataSet)] as [string, string[]]] : []),
];

/** Two folds are enough for the probabilities: the reference is the fit on all training rows. */
const twoFolds = { kind: 'dealt', folds: 2, seed: 'oracle' };

function svmCases(dataSet: DataSet): OracleCase[] {
  const topic = expected(dataSet, 'linear_models');
  const variants = [['svm_squared_hinge_unpenalised_intercept', false], ['svm_liblinear_penalised_intercept', true]] as const;
  return blocksOf(dataSet).flatMap(([block, features]) =>
    variants.flatMap(([variant, penalisedIntercept]) =>
      topic[block][variant].flatMap((want: Json) =>
        (['newton', ...(features.length <= 8 ? ['l-bfgs'] : [])] as const).map((solver): OracleCase => ({
          name: `linear SVM, ${variant}, C = ${want.C}, ${block}, ${solver}`,
          spreads: ['own', 10],
          ask: ask('linear-svm', { outcome: 'y', features, folds: twoFolds, C: [want.C], penalisedIntercept, solver, ...part('train') }),
          check(compare, got) {
            compare.all('scale mean', got.model.mean, topic[block].z_mean, tolerances.moments);
            compare.all('w', got.model.coefficients, want.w, { absolute: solver === 'newton' ? 1e-6 : 5e-6 });
            compare.near('b', got.model.intercept, want.b, { absolute: solver === 'newton' ? 1e-6 : 5e-6 });
            compare.near('objective', got.objective, want.objective, tolerances.objective);
          },
        })),
      ),
    ),
  );
}

/** The approximation's AUC on the test rows lies within 0.02 of that of scikit-learn's SVC. */
function rbfCases(dataSet: DataSet): OracleCase[] {
  const [want]: Json[] = expected(dataSet, 'linear_models').subset8_block.rbf_svc;
  const spreads: Spread[] = ['own'];
  return [
    {
      name: `RBF SVM by random Fourier features, C = ${want.C}`,
      spreads,
      heavy: true,
      inProcessOnly: true,
      async ask(federation): Promise<Value> {
        const parameters = { outcome: 'y', features: subset8(dataSet), folds: twoFolds, C: [want.C], gamma: [want.gamma], ...part('train') };
        const { model } = (await findMethod('rbf-svm')!.run(federation, parameters)) as Json;
        const digest = await federation.publish(model as Value);
        const view = { outcome: 'y', features: [], rows: [{ column: 'split', oneOf: ['test'] }], derived: [{ name: 'rbf', model: digest }] };
        const { pooled } = await federatedValidation(federation, { view, models: ['rbf'] });
        return { auc: (pooled.models[0] as Json).auc.auc };
      },
      check: (compare, { auc }) => compare.near('AUC', auc, want.auc_test, { absolute: 0.02 }),
    },
  ];
}
