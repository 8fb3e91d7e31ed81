import { heldOutLogLikelihood, PathRows } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import type { Basis } from '../disclosure.js';
import type { SiteStep } from '../site-step.js';
import type { SiteView } from '../site-view.js';
import { classBasis, concatenate, indicatorCells, standardisedColumns } from '../standardised-columns.js';
import { pathSums, type PathParameters, type PathQuestionParameters, type PathSums } from './exchange.js';

export const pathSumsAtSite: SiteStep<PathParameters, PathSums> = {
  step: pathSums,
  compute(view, { mean, sd, questions }) {
    const rows = new PathRows(standardisedColumns(view, mean, sd), view.y);
    const answers = questions.map((question) => {
      requireFit(view, question);
      const left = question.withoutFold === undefined ? null : foldRows(view, question.withoutFold);
      const eta = rows.linearPredictor(question);
      return { ...rows.statistics(eta, question.hessianColumns, left), heldOut: left === null ? 0 : heldOutLogLikelihood(eta, view.y, left) };
    });
    return {
      contribution: {
        logLikelihood: Float64Array.from(answers, ({ logLikelihood }) => logLikelihood),
        heldOutLogLikelihood: Float64Array.from(answers, ({ heldOut }) => heldOut),
        gradient: concatenate(answers.map(({ gradient }) => gradient)),
        hessian: concatenate(answers.map(({ hessian }) => hessian)),
      },
      basis: basisOf(view),
    };
  },
};

function requireFit(view: SiteView, { columns, coefficients, hessianColumns, withoutFold }: PathQuestionParameters): void {
  const p = view.features.length;
  if (coefficients.length !== columns.length || [...columns, ...hessianColumns].some((j) => j >= p)) {
    throw new ConsiliumError(methodErrors.requestShape, 'A model does not fit the features of its view. Nothing was computed.');
  }
  if (withoutFold !== undefined && view.fold.length !== view.n) throw new ConsiliumError(methodErrors.requestShape, 'The step needs a view with folds. Nothing was computed.');
}

const foldRows = (view: SiteView, fold: number): Int32Array => Int32Array.from(view.fold.keys()).filter((i) => view.fold[i] === fold);

const bases = new WeakMap<SiteView, Basis>();

/** Both classes, and for every indicator its cells with the outcome: the gradient of an indicator gives back its count. Kept with the view. */
function basisOf(view: SiteView): Basis {
  let basis = bases.get(view);
  if (basis === undefined) {
    const own = classBasis(view);
    basis = { ...own, cells: [...own.cells, ...view.features.flatMap((feature) => indicatorCells(view, feature))] };
    bases.set(view, basis);
  }
  return basis;
}
