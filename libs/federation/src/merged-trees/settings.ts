import { z } from 'zod';
import { boostingSettings } from '../boosting/settings.js';
import { forestSettings } from '../forest/settings.js';
import { DEEPEST, LEAST_LEAF, type EnsembleParameters } from './exchange.js';

/** Settings of local trees; depth and leaves are held to what may leave a site. */
const local = { depth: z.int().min(1).max(DEEPEST), minimumLeaf: z.int().min(LEAST_LEAF) };

export const mergeSettings = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['random-forest', 'extra-trees']), settings: forestSettings.extend(local).partial().default({}) }),
  z.strictObject({ kind: z.literal('boosting'), settings: boostingSettings.extend(local).partial().default({}) }),
]);

export const mergeWeights = z.enum(['equal', 'patients', 'events', 'auc-elsewhere']);

/** What is grown, with the defaults of local trees: 100 trees of a forest, leaves of five patients, depth six; boosting as on summed histograms, but leaves of ten. */
export function growOptions(given: z.infer<typeof mergeSettings>, seed = 'merged'): EnsembleParameters['grow'] {
  if (given.kind === 'boosting') return { kind: given.kind, settings: { seed, ...given.settings, depth: given.settings.depth ?? 3, minimumLeaf: given.settings.minimumLeaf ?? 10 } };
  const { settings } = given;
  return { kind: given.kind, settings: { seed, ...settings, trees: settings.trees ?? 100, depth: settings.depth ?? DEEPEST, minimumLeaf: settings.minimumLeaf ?? LEAST_LEAF } };
}
