import { z } from 'zod';
import { federatedMethod, methodParameters, orNull, viewOf } from '../federated-method.js';
import { federatedTTests } from './coordinator.js';

export const tTestMethod = federatedMethod({
  name: 't-test',
  title: "Student's or Welch's t test of each feature against the outcome",
  parameters: methodParameters.extend({ kind: z.enum(['student', 'welch']).default('student') }),
  example: { outcome: 'y', features: ['mean_radius', 'mean_texture'], kind: 'welch' },
  rests: 'pooled',
  async run(federation, { kind, ...base }) {
    const { features, t, df, p } = await federatedTTests(federation, viewOf(base), kind);
    return { kind, features: features.map((feature, j) => ({ feature, t: orNull(t[j]!), df: orNull(df[j]!), p: orNull(p[j]!) })) };
  },
});
