import { reclassificationSums, type ReclassificationClass } from '@consilium/evaluation';
import type { SiteStep } from '../site-step.js';
import { classBasis } from '../standardised-columns.js';
import { scoresOf } from '../validation/scores-of-view.js';
import { reclassification, type ReclassificationBlock, type ReclassificationParameters } from './exchange.js';

export const reclassificationAtSite: SiteStep<ReclassificationParameters, ReclassificationBlock> = {
  step: reclassification,
  compute(view, { pairs, cuts }) {
    const sums = pairs.flatMap(({ before, after }) => {
      const { events, nonEvents } = reclassificationSums(scoresOf(view, before), scoresOf(view, after), view.y, cuts);
      return [...inOrder(events), ...inOrder(nonEvents)];
    });
    return { contribution: { sums: Float64Array.from(sums) }, basis: classBasis(view) };
  },
};

const inOrder = ({ n, up, down, sum, square, table }: ReclassificationClass): number[] => [n, up, down, sum, square, ...table];
