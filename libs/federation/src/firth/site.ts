import { leverageScores } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import type { SiteStep } from '../site-step.js';
import { classBasis, concatenate, indicatorCells, standardisedColumn } from '../standardised-columns.js';
import { leverageSums, type LeverageParameters, type LeverageSums } from './exchange.js';

export const leverageSumsAtSite: SiteStep<LeverageParameters, LeverageSums> = {
  step: leverageSums,
  compute(view, { models }) {
    const scores = models.map(({ columns, mean, sd, beta, inverse }) => {
      const k = columns.length + 1;
      if (mean.length !== k - 1 || sd.length !== k - 1 || beta.length !== k || inverse.length !== k * k || columns.some((j) => j >= view.features.length)) {
        throw new ConsiliumError(methodErrors.requestShape, 'A model does not fit the features of its view. Nothing was computed.');
      }
      return leverageScores({ columns: columns.map((j, at) => standardisedColumn(view, j, { mean: mean[at]!, sd: sd[at]! })), y: view.y }, beta, inverse);
    });
    const basis = classBasis(view);
    const asked = [...new Set(models.flatMap(({ columns }) => columns))];
    return { contribution: { scores: concatenate(scores) }, basis: { ...basis, cells: [...basis.cells, ...asked.flatMap((j) => indicatorCells(view, view.features[j]!))] } };
  },
};
