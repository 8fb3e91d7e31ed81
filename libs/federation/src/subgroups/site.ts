import { binByCuts } from '@consilium/evaluation';
import { clippedLogit } from '@consilium/learning';
import type { SiteStep } from '../site-step.js';
import type { SiteColumn } from '../site-view.js';
import { scoresOf } from '../validation/scores-of-view.js';
import { subgroupSums, type Subgroup, type SubgroupParameters, type SubgroupSums } from './exchange.js';

export const subgroupSumsAtSite: SiteStep<SubgroupParameters, SubgroupSums> = {
  step: subgroupSums,
  compute(view, { models, column, groups, cuts }) {
    const scores = models.map((model) => scoresOf(view, model));
    const bins = cuts.reduce((sum, { length }) => sum + length + 1, 0);
    const sums = {
      counts: new Float64Array(2 * groups.length),
      expected: new Float64Array(models.length * groups.length),
      events: new Float64Array(bins * groups.length),
      nonEvents: new Float64Array(bins * groups.length),
    };
    const member = memberOf(view.column(column), groups);
    /** Of each group, and last of those in none: without and with the event. Less the groups, the others are the rest. */
    const cells = new Array<number>(2 * groups.length + 2).fill(0);
    for (let i = 0; i < view.n; i++) {
      const g = member(i);
      const event = view.y[i]! as 0 | 1;
      cells[2 * (g < 0 ? groups.length : g) + event]!++;
      if (g < 0) continue;
      sums.counts[2 * g]! += 1;
      sums.counts[2 * g + 1]! += event;
      let at = g * bins;
      scores.forEach((p, m) => {
        sums.expected[g * models.length + m]! += p[i]!;
        (event === 1 ? sums.events : sums.nonEvents)[at + binByCuts(clippedLogit(p[i]!), cuts[m]!)]! += 1;
        at += cuts[m]!.length + 1;
      });
    }
    return { contribution: sums, basis: { patients: view.n, cells } };
  },
};

/** The first group a row is in; -1 for none, or where its value is missing. */
function memberOf(cells: SiteColumn, groups: readonly Subgroup[]): (row: number) => number {
  const value = (row: number) => (cells.kind === 'number' ? cells.values[row]! : cells.codes[row]! < 0 ? NaN : cells.levels[cells.codes[row]!]!);
  return (row) => {
    const x = value(row);
    if (Number.isNaN(x)) return -1;
    return groups.findIndex((group) => {
      if ('oneOf' in group) return group.oneOf.some((one) => String(one) === String(x));
      return typeof x === 'number' && (group.from === null || x >= group.from) && (group.below === null || x < group.below);
    });
  };
}
