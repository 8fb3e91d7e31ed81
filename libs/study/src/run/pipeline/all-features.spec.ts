import { expect, it } from 'vitest';
import { leaveOneSiteOutRounds } from '../../fixtures/leave-one-site-out-rounds.js';
import { radsynFeatures } from '../../fixtures/radsyn-study.js';

it('leaving one site out on all 600 features and five sequences takes as many rounds as the longest of its four trainings and two', async () => {
  const sequences = ['T1', 'T1C', 'T2', 'DWI', 'ADC'];
  const features = radsynFeatures(sequences);
  expect(features).toHaveLength(600);
  const { together, alone } = await leaveOneSiteOutRounds(features, sequences);
  expect(alone).toHaveLength(4);
  expect(together).toBeLessThanOrEqual(Math.max(...alone) + 2);
}, 300_000);
