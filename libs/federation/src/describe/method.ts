import { z } from 'zod';
import { categoryRow } from '../categorical-counts/method.js';
import type { Suppressed } from '../disclosure.js';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import type { Moments } from '../moments/coordinator.js';
import { standardDeviation, type GroupMoments } from '../moments/group-moments.js';
import { federatedDescription } from './coordinator.js';

const spread = (group: GroupMoments) => ({ n: group.n, mean: group.mean[0]!, sd: standardDeviation(group, 1)[0]! });

const numberRow = (column: string, moments: Moments | Suppressed) =>
  'suppressed' in moments
    ? { column, ...moments }
    : { column, ...spread(moments.all), events: spread(moments.events), nonEvents: spread(moments.nonEvents) };

export const describeMethod = federatedMethod({
  name: 'describe',
  title: 'The cohort table: patients, outcome, missing values, numbers and categories',
  parameters: methodParameters.extend({ categories: z.record(z.string(), z.array(z.string()).min(1)).default({}) }),
  example: { outcome: 'y', features: ['age', 'logebv'], categories: { stage: ['II', 'III', 'IVA'] } },
  rests: 'by-site',
  async run(federation, { categories, ...base }) {
    const { patients, events, sites, numbers, categories: tests } = await federatedDescription(federation, viewOf(base), {
      numbers: base.features,
      categories: Object.entries(categories).map(([column, levels]) => ({ column, levels })),
    });
    return {
      patients,
      events,
      sites: sites.map((one) => ('counts' in one ? { site: one.site, ...one.counts } : { site: one.site, refusal: { ...one.refusal } })),
      numbers: numbers.map(({ column, moments }) => numberRow(column, moments)),
      categories: tests.map(({ column, test }) => ('suppressed' in test ? { column, ...test } : categoryRow(test))),
    };
  },
});
