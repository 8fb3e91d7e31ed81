import { logisticStatistics, logLikelihoodAt, packedLength, type LogisticData } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import type { Basis } from '../disclosure.js';
import type { SiteStep } from '../site-step.js';
import type { SiteView } from '../site-view.js';
import { classBasis, indicatorCells, rowsByFold, standardisedColumn, standardisedColumns } from '../standardised-columns.js';
import {
  foldMoments,
  logisticLikelihoods,
  logisticSums,
  type FoldMoments,
  type FoldMomentsParameters,
  type LikelihoodSums,
  type LogisticParameters,
  type LogisticSums,
  type ModelParameters,
} from './exchange.js';

export const logisticSumsAtSite: SiteStep<LogisticParameters, LogisticSums> = {
  step: logisticSums,
  compute(view, { models }) {
    const sizes = models.map(({ columns }) => columns.length + 1);
    const total = (of: (size: number) => number) => sizes.reduce((sum, size) => sum + of(size), 0);
    const contribution = {
      n: new Float64Array(models.length),
      events: new Float64Array(models.length),
      logLikelihood: new Float64Array(models.length),
      gradient: new Float64Array(total((k) => k)),
      hessian: new Float64Array(total(packedLength)),
    };
    const carriers: number[] = [];
    let [gradientAt, hessianAt] = [0, 0];
    models.forEach((model, m) => {
      const data = dataOf(view, model);
      const statistics = logisticStatistics(data, model.beta);
      contribution.n[m] = data.rows.length;
      contribution.events[m] = data.rows.reduce((sum, i) => sum + view.y[i]!, 0);
      contribution.logLikelihood[m] = statistics.logLikelihood;
      carriers.push(statistics.carriers);
      contribution.gradient.set(statistics.gradient, gradientAt);
      contribution.hessian.set(statistics.hessian, hessianAt);
      gradientAt += statistics.gradient.length;
      hessianAt += statistics.hessian.length;
    });
    return { contribution, basis: { ...modelBasis(view, models), carriers } };
  },
};

export const logisticLikelihoodsAtSite: SiteStep<LogisticParameters, LikelihoodSums> = {
  step: logisticLikelihoods,
  compute(view, { models }) {
    const data = models.map((model) => dataOf(view, model));
    return {
      contribution: {
        n: Float64Array.from(data, ({ rows }) => rows.length),
        logLikelihood: Float64Array.from(data, (one, m) => logLikelihoodAt(one, models[m]!.beta)),
      },
      basis: modelBasis(view, models),
    };
  },
};

export const foldMomentsAtSite: SiteStep<FoldMomentsParameters, FoldMoments> = {
  step: foldMoments,
  compute(view, { mean, sd, folds }) {
    const columns = standardisedColumns(view, mean, sd);
    const byFold = rowsByFold(view, folds);
    const perColumn = (power: 1 | 2) =>
      Float64Array.from(byFold.flatMap((rows) => columns.map((z) => rows.reduce((sum, i) => sum + z[i]! ** power, 0))));
    return {
      contribution: {
        n: Float64Array.from(byFold, (rows) => rows.length),
        events: Float64Array.from(byFold, (rows) => rows.reduce((sum, i) => sum + view.y[i]!, 0)),
        sumZ: perColumn(1),
        sumZZ: perColumn(2),
      },
      basis: classBasis(view),
    };
  },
};

function dataOf(view: SiteView, model: ModelParameters): LogisticData & { readonly rows: Int32Array } {
  const { columns, mean, sd, beta } = model;
  if (mean.length !== columns.length || sd.length !== columns.length || beta.length !== columns.length + 1 || columns.some((j) => j >= view.features.length)) {
    throw new ConsiliumError(methodErrors.requestShape, 'A model does not fit the features of its view. Nothing was computed.');
  }
  return { columns: columns.map((j, at) => standardisedColumn(view, j, { mean: mean[at]!, sd: sd[at]! })), y: view.y, rows: rowsOf(view, model) };
}

function rowsOf(view: SiteView, { withoutFold, onlyFold }: ModelParameters): Int32Array {
  const rows = new Int32Array(view.n);
  for (let i = 0; i < view.n; i++) rows[i] = i;
  if (withoutFold === undefined && onlyFold === undefined) return rows;
  if (view.fold.length !== view.n) throw new ConsiliumError(methodErrors.requestShape, 'The step needs a view with folds. Nothing was computed.');
  return rows.filter((i) => view.fold[i] !== withoutFold && (onlyFold === undefined || view.fold[i] === onlyFold));
}

/** Both classes, and for every indicator of a model its cells with the outcome: the gradient of an indicator gives back its count. */
function modelBasis(view: SiteView, models: readonly ModelParameters[]): Basis {
  const basis = classBasis(view);
  const columns = [...new Set(models.flatMap(({ columns: own }) => own))];
  return { ...basis, cells: [...basis.cells, ...columns.flatMap((j) => indicatorCells(view, view.features[j]!))] };
}
