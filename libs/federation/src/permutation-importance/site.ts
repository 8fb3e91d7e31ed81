import { modelFeatures, parseModel, patientUniform, predictModel, PROBABILITY_CLIP, type ModelArtefact } from '@consilium/learning';
import { compensatedSum } from '@consilium/numerics';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import { rankCounts } from '@consilium/statistics';
import { patientKeys } from '../binned-view.js';
import type { SiteStep } from '../site-step.js';
import type { SiteView } from '../site-view.js';
import { classBasis, viewColumn } from '../standardised-columns.js';
import { permutationLosses, type PermutationLosses, type PermutationParameters } from './exchange.js';

export const permutationLossesAtSite: SiteStep<PermutationParameters, PermutationLosses> = {
  step: permutationLosses,
  compute(view, { model: value, columns, repeats, seed }) {
    const model = parseModel(value);
    const features = model && modelFeatures(model);
    if (!model || !features || features.length !== view.features.length || features.some((name, j) => name !== view.features[j]) || columns.some((j) => j >= features.length)) {
      throw new ConsiliumError(methodErrors.requestShape, 'The message holds no model of the features of its view. Nothing was computed.');
    }
    const keys = patientKeys(view, seed);
    const X = view.X.slice();
    const losses = [lossesOf(view, model, X)];
    columns.forEach((j) => {
      const own = viewColumn(view, j);
      for (let repeat = 0; repeat < repeats; repeat++) {
        const draws = Float64Array.from({ length: view.n }, (_, i) => patientUniform(keys, i, j * repeats + repeat));
        const order = Array.from(draws.keys()).sort((a, b) => draws[a]! - draws[b]! || a - b);
        order.forEach((from, i) => (X[j * view.n + i] = own[from]!));
        losses.push(lossesOf(view, model, X));
      }
      X.set(own, j * view.n);
    });
    const { events, nonEvents } = classBasis(view);
    const of = (member: keyof Losses) => Float64Array.from(losses, (one) => one[member]);
    return { contribution: { counts: Float64Array.of(view.n, events * nonEvents), logLoss: of('logLoss'), squares: of('squares'), u: of('u') }, basis: classBasis(view) };
  },
};

interface Losses {
  readonly logLoss: number;
  readonly squares: number;
  readonly u: number;
}

function lossesOf({ y, n }: SiteView, model: ModelArtefact, X: Float64Array): Losses {
  const p = predictModel(model, X, n);
  const rows = (outcome: 0 | 1) => p.filter((_, i) => y[i] === outcome);
  return {
    logLoss: compensatedSum(p.map((own, i) => -Math.log(Math.max(PROBABILITY_CLIP, y[i] === 1 ? own : 1 - own)))),
    squares: compensatedSum(p.map((own, i) => (own - y[i]!) ** 2)),
    u: rankCounts(rows(1), rows(0)).u,
  };
}
