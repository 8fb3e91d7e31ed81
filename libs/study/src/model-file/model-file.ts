import { modelFeatures, parseModel, type ModelArtefact } from '@consilium/learning';
import type { Value } from '@consilium/protocol';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../canonical-json.js';

/** Said with every model and every prediction. */
export const RESEARCH_USE_ONLY = 'For research use only. Not a medical device: no decision about a patient may rest on it.';

const rangeSchema = z.strictObject({ feature: z.string(), low: z.number(), high: z.number() });

/** What a model file holds, before it is signed. */
const contentSchema = z.strictObject({
  consiliumModel: z.literal(1),
  name: z.string(),
  /** Models in the order in which they are evaluated; the last is the one named. Earlier ones predict inputs of later ones. */
  models: z.array(z.strictObject({ name: z.string(), artefact: z.unknown() })).min(1),
  inputs: z.strictObject({
    features: z.array(z.string()),
    /** The 1st to 99th percentile of the training patients, feature by feature; null where the run could not say. */
    ranges: z.strictObject({ tail: z.number(), ranges: z.array(rangeSchema) }).nullable(),
    /** What made radiomic features; null where the tables had them. */
    extraction: z.strictObject({ engine: z.string(), sequences: z.array(z.strictObject({ sequence: z.string(), settings: z.string(), intensity: z.string().optional() })) }).nullable(),
    /** Values that stand for missing ones. */
    fill: z.record(z.string(), z.number()),
    /** Whether every site z-scored its columns by its own rows: then the model predicts only within a study. */
    ownSiteScale: z.boolean(),
    harmonised: z.boolean(),
  }),
  card: z.unknown(),
  run: z.strictObject({ plan: z.string(), study: z.string(), results: z.string() }),
  notice: z.string(),
});
export type ModelFileContent = z.infer<typeof contentSchema>;

const fileSchema = z.strictObject({ content: contentSchema, signature: z.strictObject({ publicKey: z.string(), signature: z.string() }) });
export type ModelFile = z.infer<typeof fileSchema>;

/** The canonical text of a content, whose sha256 is signed. */
export const modelFileDigest = (content: ModelFileContent): string => createHash('sha256').update(canonicalJson(content), 'utf8').digest('hex');

/** The text of a signed model file. */
export const modelFileText = (file: ModelFile): string => `${canonicalJson(file)}\n`;

/** The models of a file, one after another, or null where an artefact is none that this release can evaluate. */
export function modelsOfFile({ models }: ModelFileContent): { name: string; artefact: ModelArtefact }[] | null {
  const parsed = models.map(({ name, artefact }) => ({ name, artefact: parseModel(artefact as Value) }));
  return parsed.every((one): one is { name: string; artefact: ModelArtefact } => one.artefact !== null) ? parsed : null;
}

/** A model file from its text, or null where it is something else. The signature is not checked here: this library knows no keys. */
export function parseModelFile(text: string): ModelFile | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = fileSchema.safeParse(value);
  return parsed.success && modelsOfFile(parsed.data.content) !== null ? parsed.data : null;
}

/** Columns of the tables that the models of a file read: not those that earlier models of it predict. */
export function inputFeatures(models: readonly { readonly name: string; readonly artefact: ModelArtefact }[]): string[] {
  const predicted = new Set(models.map(({ name }) => name));
  return [...new Set(models.flatMap(({ artefact }) => modelFeatures(artefact)))].filter((feature) => !predicted.has(feature));
}

