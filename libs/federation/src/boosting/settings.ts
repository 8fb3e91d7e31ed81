import { depthWiseDefaults, leafWiseDefaults, type BoostingOptions } from '@consilium/learning';
import { z } from 'zod';

const settings = {
  growth: z.enum(['depth-wise', 'leaf-wise']),
  trees: z.int().min(1).max(2000),
  depth: z.int().min(1).max(12),
  leaves: z.int().min(2).max(256),
  learningRate: z.number().gt(0).max(1),
  minimumChildWeight: z.number().min(0),
  minimumLeaf: z.int().min(1),
  lambda: z.number().min(0),
  alpha: z.number().min(0),
  gamma: z.number().min(0),
  cut: z.enum(['edge', 'middle-of-gap']),
  base: z.enum(['prevalence', 'zero']),
  featureFraction: z.number().gt(0).max(1),
  baggingFraction: z.number().gt(0).max(1),
  seed: z.string().max(200),
};

/** Some of a boosting's settings; the rest are the defaults of its growth. */
export const boostingSettings = z.strictObject(settings).partial();

/** Settings with the defaults of their growth. */
export const boostingOptions = (given: z.infer<typeof boostingSettings>): BoostingOptions => {
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...(given.growth === 'leaf-wise' ? leafWiseDefaults : depthWiseDefaults), ...known };
};
