import { extraTreesDefaults, randomForestDefaults, type ForestOptions } from '@consilium/learning';
import { z } from 'zod';

/** Some of a forest's settings; the rest are defaults. */
export const forestSettings = z
  .strictObject({
    trees: z.int().min(1).max(2000),
    depth: z.int().min(1).max(12),
    minimumLeaf: z.int().min(1),
    features: z.union([z.literal('sqrt'), z.int().min(1)]),
    bootstrap: z.boolean(),
    cut: z.enum(['edge', 'middle-of-gap']),
    seed: z.string().max(200),
  })
  .partial();

/** A forest's settings with the defaults of its kind. */
export const forestOptions = (kind: 'random-forest' | 'extra-trees', given: z.infer<typeof forestSettings>): ForestOptions => {
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...(kind === 'random-forest' ? randomForestDefaults : extraTreesDefaults), ...known };
};
