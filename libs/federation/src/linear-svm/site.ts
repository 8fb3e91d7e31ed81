import { decisionValues, fourierFeatures, hingeStatistics, logisticStatistics } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import type { Basis } from '../disclosure.js';
import type { SiteStep } from '../site-step.js';
import type { SiteView } from '../site-view.js';
import { classBasis, concatenate, indicatorCells, standardisedColumns } from '../standardised-columns.js';
import { hingeSums, plattSums, type HingeParameters, type HingeSums, type PlattParameters, type PlattSums, type SvmColumns } from './exchange.js';

export const hingeSumsAtSite: SiteStep<HingeParameters, HingeSums> = {
  step: hingeSums,
  compute(view, { columnSets, models }) {
    const answers = models.flatMap(({ columnSet, positions, withoutFold, smoothing, curvature }) => {
      const X = matrixOf(view, columnSets, columnSet);
      const used = Uint8Array.from({ length: view.n }, (_, i) => (withoutFold !== undefined && foldOf(view, i) === withoutFold ? 0 : 1));
      return positions.map((beta) => hingeStatistics({ X, y: view.y, used, ...(smoothing === undefined ? {} : { smoothing }) }, requireSize(view, X, beta), curvature));
    });
    return {
      contribution: {
        loss: Float64Array.from(answers, ({ loss }) => loss),
        gradient: concatenate(answers.map(({ gradient }) => gradient)),
        hessian: concatenate(answers.map(({ hessian }) => hessian)),
      },
      basis: basisOf(view),
    };
  },
};

export const plattSumsAtSite: SiteStep<PlattParameters, PlattSums> = {
  step: plattSums,
  compute(view, { columnSets, targets, candidates }) {
    const y = Float64Array.from(view.y, (outcome) => targets[outcome]!);
    const answers = candidates.map(({ models, at }) => {
      const f = new Float64Array(view.n);
      const rows: number[] = [];
      for (const { columnSet, beta, onlyFold } of models) {
        const X = matrixOf(view, columnSets, columnSet);
        const values = decisionValues(X, view.n, requireSize(view, X, beta));
        for (let i = 0; i < view.n; i++) {
          if (foldOf(view, i) !== onlyFold) continue;
          f[i] = values[i]!;
          rows.push(i);
        }
      }
      return logisticStatistics({ columns: [f], y, rows: Int32Array.from(rows).sort() }, at);
    });
    return {
      contribution: {
        logLikelihood: Float64Array.from(answers, ({ logLikelihood }) => logLikelihood),
        gradient: concatenate(answers.map(({ gradient }) => gradient)),
        hessian: concatenate(answers.map(({ hessian }) => hessian)),
      },
      basis: basisOf(view),
    };
  },
};

function foldOf(view: SiteView, row: number): number {
  if (view.fold.length !== view.n) throw new ConsiliumError(methodErrors.requestShape, 'The step needs a view with folds. Nothing was computed.');
  return view.fold[row]!;
}

function requireSize(view: SiteView, X: Float64Array, beta: Float64Array): Float64Array {
  if (X.length !== view.n * (beta.length - 1)) throw new ConsiliumError(methodErrors.requestShape, 'A model does not fit the columns of its view. Nothing was computed.');
  return beta;
}

/** Matrices of a view by what they are made of; the numbers kept in all are bounded, the oldest go first. */
const kept = new WeakMap<SiteView, Map<string, Float64Array>>();
const KEPT_NUMBERS = 16_000_000;

function matrixOf(view: SiteView, columnSets: readonly SvmColumns[], place: number): Float64Array {
  const columns = columnSets[place];
  if (!columns) throw new ConsiliumError(methodErrors.requestShape, 'A model names columns that the request does not have. Nothing was computed.');
  const own = kept.get(view) ?? new Map<string, Float64Array>();
  kept.set(view, own);
  const key = JSON.stringify([columns.map ?? null, Array.from(columns.mean), Array.from(columns.sd)]);
  let X = own.get(key);
  if (!X) {
    const Z = concatenate(standardisedColumns(view, columns.mean, columns.sd));
    X = columns.map ? fourierFeatures(Z, view.n, columns.map) : Z;
    if (view.n === 0) X = new Float64Array(0);
    own.set(key, X);
    let held = [...own.values()].reduce((sum, { length }) => sum + length, 0);
    for (const [oldest, { length }] of own) {
      if (held <= KEPT_NUMBERS || oldest === key) break;
      own.delete(oldest);
      held -= length;
    }
  }
  return X;
}

/** Both classes, and for every indicator its cells with the outcome: the gradient at zero gives back its count. */
function basisOf(view: SiteView): Basis {
  const basis = classBasis(view);
  return { ...basis, cells: [...basis.cells, ...view.features.flatMap((feature) => indicatorCells(view, feature))] };
}
