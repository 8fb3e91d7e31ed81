import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { federatedCategoricalTest, type CategoricalTest } from './coordinator.js';

/** The test as JSON data. */
export const categoryRow = ({ levels, chiSquared, yates, ...rest }: CategoricalTest) => ({
  ...rest,
  levels: levels.map((level) => ({ ...level })),
  chiSquared: chiSquared && { ...chiSquared },
  yates: yates && { ...yates },
});

export const chiSquaredMethod = federatedMethod({
  name: 'chi-squared',
  title: 'Categories against the outcome: counts, chi-squared, Fisher',
  parameters: methodParameters.extend({
    /** Declared levels of each category. `features` only say which rows are complete, and may be empty. */
    categories: z.record(z.string(), z.array(z.string()).min(1)),
  }),
  example: { outcome: 'y', features: [], categories: { stage: ['II', 'III', 'IVA'], smoking: ['0', '1'] } },
  rests: 'pooled',
  async run(federation, { categories, ...base }) {
    const view = viewOf(base);
    const tests = await federation.inParallel(
      Object.entries(categories).map(([column, levels]) => (branch) => federatedCategoricalTest(branch, view, column, levels)),
    );
    return { categories: tests.map(categoryRow) };
  },
});
