import { binByCuts } from '@consilium/evaluation';
import { clippedLogit, logisticStatistics } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import type { SiteStep } from '../site-step.js';
import { classBasis } from '../standardised-columns.js';
import { scoresOf } from '../validation/scores-of-view.js';
import { splineColumns } from './spline-columns.js';
import { riskGroupSums, splineSums, type GroupParameters, type GroupSums, type SplineParameters, type SplineSums } from './exchange.js';

export const riskGroupSumsAtSite: SiteStep<GroupParameters, GroupSums> = {
  step: riskGroupSums,
  compute(view, { models, cuts }) {
    const groups = models.flatMap((model, m) => {
      const own = new Float64Array(3 * (cuts[m]!.length + 1));
      scoresOf(view, model).forEach((p, i) => {
        const at = 3 * binByCuts(clippedLogit(p), cuts[m]!);
        own[at]! += 1;
        own[at + 1]! += view.y[i]!;
        own[at + 2]! += p;
      });
      return [...own];
    });
    return { contribution: { groups: Float64Array.from(groups) }, basis: classBasis(view) };
  },
};

export const splineSumsAtSite: SiteStep<SplineParameters, SplineSums> = {
  step: splineSums,
  compute(view, { fits }) {
    const statistics = fits.map(({ model, knots, beta }) => {
      if (knots.length < 3 || beta.length !== knots.length || knots.some((knot, k) => k > 0 && !(knot > knots[k - 1]!))) {
        throw new ConsiliumError(methodErrors.requestShape, 'The knots of a spline do not fit its coefficients. Nothing was computed.');
      }
      return logisticStatistics({ columns: splineColumns(scoresOf(view, model).map(clippedLogit), knots), y: view.y }, beta);
    });
    const contribution = {
      logLikelihood: Float64Array.from(statistics, ({ logLikelihood }) => logLikelihood),
      gradient: Float64Array.from(statistics.flatMap(({ gradient }) => [...gradient])),
      hessian: Float64Array.from(statistics.flatMap(({ hessian }) => [...hessian])),
    };
    return { contribution, basis: classBasis(view) };
  },
};
