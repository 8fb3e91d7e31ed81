import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { federatedLinkTest } from './coordinator.js';

export const linkTestMethod = federatedMethod({
  name: 'link-test',
  title: 'Numbers to every site and back: whether they arrive unaltered, and what a round costs',
  parameters: methodParameters.extend({
    numbers: z.int().min(1).max(10_000_000).default(1000),
    rounds: z.int().min(1).max(10_000).default(10),
  }),
  example: { outcome: 'y', features: [], numbers: 100, rounds: 3 },
  rests: 'by-site',
  async run(federation, { numbers, rounds, ...base }) {
    return { ...(await federatedLinkTest(federation, viewOf(base), { numbers, rounds })) };
  },
});
