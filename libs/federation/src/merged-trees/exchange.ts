import type { Value } from '@consilium/protocol';
import { z } from 'zod';
import { cutSetSchema } from '../boosting/exchange.js';
import { boostingSettings } from '../boosting/settings.js';
import { forestSettings } from '../forest/settings.js';
import { block, type GatherStep, type SumStep } from '../step.js';

/** Fewest patients of one site in a leaf that leaves it, and the deepest tree that does. */
export const LEAST_LEAF = 5;
export const DEEPEST = 6;

const anyModel = z.custom<Value>((value) => typeof value === 'object' && value !== null);

/** A depth and a leaf that local trees may have. */
const limits = { depth: z.int().min(1).max(DEEPEST), minimumLeaf: z.int().min(LEAST_LEAF) };

const ensembleParametersSchema = z.strictObject({
  /** Public cut points: the only thresholds that trees may have. */
  cuts: cutSetSchema,
  grow: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.enum(['random-forest', 'extra-trees']), settings: forestSettings.extend(limits) }),
    z.strictObject({ kind: z.literal('boosting'), settings: boostingSettings.extend(limits) }),
  ]),
});
export type EnsembleParameters = z.infer<typeof ensembleParametersSchema>;

const localEnsembleSchema = z.strictObject({
  events: z.int().nonnegative(),
  nonEvents: z.int().nonnegative(),
  /** A model of trees with the weight 1 and without covers. */
  model: anyModel,
});
export type LocalEnsemble = z.infer<typeof localEnsembleSchema>;

/** Trees that a site grows on its own patients, fit to leave it. */
export const localEnsemble: GatherStep<EnsembleParameters, LocalEnsemble> = {
  name: 'merged-trees/local-ensemble',
  version: 1,
  kind: 'gather',
  parameters: ensembleParametersSchema,
  contribution: localEnsembleSchema,
  disclosure: { kind: 'model', limits: ['patients', 'twice-per-class', 'cells'] },
};

const modelsSchema = z.strictObject({ models: z.array(anyModel).min(1) });
export type ModelsParameters = z.infer<typeof modelsSchema>;

const localAucsSchema = z.strictObject({ events: z.int().nonnegative(), nonEvents: z.int().nonnegative(), aucs: block() });
export type LocalAucs = z.infer<typeof localAucsSchema>;

/** How every ensemble discriminates a site's own patients. */
export const localAucs: GatherStep<ModelsParameters, LocalAucs> = {
  name: 'merged-trees/local-aucs',
  version: 1,
  kind: 'gather',
  parameters: modelsSchema,
  contribution: localAucsSchema,
  disclosure: { kind: 'per-site', limits: ['patients', 'per-class', 'cells'] },
};

/** Model after model, tree after tree: how many patients pass each node. */
export const nodeCovers: SumStep<ModelsParameters, { readonly covers: Float64Array }> = {
  name: 'merged-trees/node-covers',
  version: 1,
  kind: 'sum',
  parameters: modelsSchema,
  contribution: z.strictObject({ covers: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
};
