import { ConsiliumError, methodErrors } from '@consilium/protocol';
import { createHash } from 'node:crypto';
import { isSuppressed } from '../disclosure.js';
import { RoundRefused, type Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { extractFeatures, extractionEngine, FEW_GREY_LEVELS, type ExtractionAnswer, type Intensity, type SequenceAnswer } from './exchange.js';
import type { IntensityScale } from './intensity-scale.js';

export interface ExtractionRequest {
  /** It names the scale, where there is one. */
  readonly view: ViewSpec;
  readonly sequences: readonly AskedSequence[];
  readonly scale?: IntensityScale | null;
}

/** What makes features of a sequence's voxels. */
export interface AskedSequence {
  readonly sequence: string;
  readonly settings: string;
  readonly intensity?: Intensity | undefined;
}

export interface ExtractedSequence {
  readonly sequence: string;
  /** sha256 of the settings, with the normalisation and scale of intensities, that every site used. */
  readonly digest: string;
  /** Names of features, as columns of the sites' tables from now on: `SEQUENCE:feature`. */
  readonly columns: readonly string[];
  readonly sites: readonly ({ readonly site: string } & SequenceAnswer['counts'])[];
}

export interface Extraction {
  readonly engine: string;
  readonly sequences: readonly ExtractedSequence[];
  /** Settings that suit a site's images badly. */
  readonly warnings: readonly string[];
}

/** A larger share of patients with few grey levels calls for other settings. */
const SHARE_WARNED = 0.2;

export const settingsDigest = (settings: string): string => createHash('sha256').update(settings, 'utf8').digest('hex');

/**
 * sha256 of all that makes features of voxels beside the engine: of the settings alone where intensities stay as they are, else of settings, normalisation and, for landmarks, the scale; null
 * before there is one. Another scale is another digest: then cases are measured again.
 */
export function extractionDigest({ sequence, settings, intensity }: AskedSequence, scale: IntensityScale | null): string {
  if (intensity === undefined) return settingsDigest(settings);
  const own = intensity === 'nyul' ? scale?.sequences.find((one) => one.sequence === sequence) : undefined;
  return settingsDigest(JSON.stringify([settings, intensity, own ? [...own.landmarks] : null]));
}

export const featureColumn = (sequence: string, feature: string): string => `${sequence}:${feature}`;

/**
 * Every site extracts the features of its own images, and all prove that they did the same: engine, settings and names of features are compared, and a
 * site that differs is named and stops the stage (E660). A site that refuses stops it as well: features that some sites lack cannot be candidates.
 */
export async function federatedExtraction(federation: Federation, { view, sequences, scale = null }: ExtractionRequest): Promise<Extraction> {
  const asked = sequences.map((one) => ({ sequence: one.sequence, settings: one.settings, ...(one.intensity ? { intensity: one.intensity } : {}), digest: extractionDigest(one, scale) }));
  const found = await federation.gather(extractFeatures, { view, parameters: { engine: extractionEngine, sequences: asked } });
  const refusals = found.flatMap((one) => ('refusal' in one ? [one] : []));
  if (refusals.length > 0) throw new RoundRefused(extractFeatures.name, refusals);
  const answers = found.flatMap((one) => ('answer' in one ? [one] : []));
  for (const { site, answer } of answers) requireSame(site, answer, asked);
  const extracted = asked.map(({ sequence, digest }, s) => {
    const names = commonNames(sequence, answers.map(({ site, answer }) => ({ site, names: answer.sequences[s]!.names })));
    return { sequence, digest, columns: names.map((name) => featureColumn(sequence, name)), sites: answers.map(({ site, answer }) => ({ site, ...answer.sequences[s]!.counts })) };
  });
  return { engine: extractionEngine, sequences: extracted, warnings: extracted.flatMap(greyLevelWarnings) };
}

function requireSame(site: string, { engine, sequences }: ExtractionAnswer, asked: readonly { readonly sequence: string; readonly digest: string }[]): void {
  if (engine !== extractionEngine) throw differs(`${site} extracted with ${engine}; the run asks for ${extractionEngine}.`);
  if (sequences.length !== asked.length) throw differs(`${site} answered for ${sequences.length} of ${asked.length} sequences.`);
  asked.forEach(({ sequence, digest }, s) => {
    if (sequences[s]!.sequence !== sequence || sequences[s]!.digest !== digest) throw differs(`${site} used other settings for ${sequence} than the plan's.`);
  });
}

/** The names that the sites share. Where they differ, the site in the minority is named. */
function commonNames(sequence: string, answers: readonly { readonly site: string; readonly names: readonly string[] }[]): readonly string[] {
  const measured = answers.filter(({ names }) => names.length > 0);
  const bySet = new Map<string, { readonly names: readonly string[]; readonly sites: string[] }>();
  for (const { site, names } of measured) {
    const key = settingsDigest(names.join('\n'));
    const known = bySet.get(key) ?? { names, sites: [] };
    bySet.set(key, { ...known, sites: [...known.sites, site] });
  }
  const sets = [...bySet.values()].sort((a, b) => b.sites.length - a.sites.length);
  if (sets.length === 0) throw differs(`No site could measure a patient of ${sequence}.`);
  if (sets.length > 1) {
    const others = sets.slice(1).flatMap(({ sites }) => sites);
    throw differs(`${others.join(', ')} found other features of ${sequence} than ${sets[0]!.sites.join(', ')}.`);
  }
  return sets[0]!.names;
}

function greyLevelWarnings({ sequence, sites }: ExtractedSequence): string[] {
  return sites.flatMap(({ site, fewGreyLevels, levelsCounted }) => {
    if (isSuppressed(fewGreyLevels) || isSuppressed(levelsCounted) || !(fewGreyLevels > SHARE_WARNED * levelsCounted)) return [];
    return [`${site}: more than 20 % of patients have fewer than ${FEW_GREY_LEVELS} grey levels in ${sequence}. Give ${sequence} a smaller bin width.`];
  });
}

const differs = (what: string) => new ConsiliumError(methodErrors.extractionDiffers, `${what} The stage stopped; no feature was used.`);
