/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return -- results are a loose tree here */
import { modelFeatures, parseModel, type ModelArtefact } from '@consilium/learning';
import type { Value } from '@consilium/protocol';
import { createHash } from 'node:crypto';
import { inputFeatures, RESEARCH_USE_ONLY, type ModelFileContent } from './model-file.js';

/** Results are read as a loose tree: what a part lacks is null on the card. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Loose = any;

/**
 * The content of a model file from the text of a run's results and of its plan: the model with the earlier ones it reads, what its inputs are, and its card.
 * A sentence where the run has no such model.
 */
export function modelOfResults(resultsText: string, planText: string, name: string): ModelFileContent | { readonly refusal: string } {
  const results: Loose = JSON.parse(resultsText);
  const plan: Loose = JSON.parse(planText);
  const fitted = fittedModels(results);
  const chain = chainOf(fitted, name);
  if (chain === null) return { refusal: `The run has no model ${name}. It has ${[...fitted.keys()].join(', ') || 'none with a result'}.` };
  const filled: Loose[] = [results.stages.train, results.stages.pipeline].flatMap((part: Loose) => part?.missingValues?.filled ?? []);
  const features = inputFeatures(chain);
  return {
    consiliumModel: 1,
    name,
    models: chain.map((one) => ({ name: one.name, artefact: JSON.parse(JSON.stringify(one.written)) as unknown })),
    inputs: {
      features,
      ranges: rangesOf(results, chain, features),
      extraction: extractionOf(results, features),
      fill: Object.fromEntries(filled.filter(({ column }) => features.includes(column as string)).map(({ column, value }) => [column as string, value as number])),
      ownSiteScale: plan.ownSiteScale === true,
      harmonised: plan.harmonise !== undefined && plan.harmonise !== null,
    },
    card: cardOf(results, plan, name),
    run: { plan: results.plan.digest, study: results.plan.study, results: createHash('sha256').update(resultsText, 'utf8').digest('hex') },
    notice: RESEARCH_USE_ONLY,
  };
}

interface Fitted {
  readonly name: string;
  readonly artefact: ModelArtefact;
  /** As the results hold it. */
  readonly written: unknown;
}

/** All models of the results that have an artefact, whichever stage made them. */
function fittedModels(results: Loose): Map<string, Fitted> {
  const found = new Map<string, Fitted>();
  for (const part of [results.stages.train, results.stages.pipeline]) {
    for (const one of (part?.models ?? []) as Loose[]) {
      const written: unknown = one.artefact?.model;
      const artefact = written === undefined ? null : parseModel(written as Value);
      const own = (one.name ?? one.model) as string | undefined;
      if (artefact !== null && own !== undefined) found.set(own, { name: own, artefact, written });
    }
  }
  return found;
}

/** The model after those whose predictions it reads, or null where one is missing. */
function chainOf(fitted: ReadonlyMap<string, Fitted>, name: string, seen: ReadonlySet<string> = new Set()): Fitted[] | null {
  const own = fitted.get(name);
  if (own === undefined || seen.has(name)) return null;
  const chain: Fitted[] = [];
  for (const feature of modelFeatures(own.artefact)) {
    if (!fitted.has(feature)) continue;
    const earlier = chainOf(fitted, feature, new Set([...seen, name]));
    if (earlier === null) return null;
    chain.push(...earlier.filter((one) => !chain.some((known) => known.name === one.name)));
  }
  return [...chain, own];
}

function rangesOf(results: Loose, chain: readonly Fitted[], features: readonly string[]): ModelFileContent['inputs']['ranges'] {
  const parts: Loose[] = (results.stages.explain?.models ?? []).filter((one: Loose) => chain.some(({ name }) => name === one.model) && Array.isArray(one.ranges?.ranges));
  const known = new Map<string, { feature: string; low: number; high: number }>(parts.flatMap((one) => one.ranges.ranges.map((range: Loose) => [range.feature, range])));
  if (!features.every((feature) => known.has(feature))) return null;
  return { tail: Math.max(...parts.map((one) => one.ranges.tail as number)), ranges: features.map((feature) => known.get(feature)!) };
}

function extractionOf(results: Loose, features: readonly string[]): ModelFileContent['inputs']['extraction'] {
  const extract = results.stages.extract;
  if (!extract) return null;
  const sequences = (extract.sequences as Loose[]).filter(({ sequence }) => features.some((feature) => feature.startsWith(`${sequence}:`)));
  return sequences.length === 0 ? null : { engine: extract.engine, sequences: sequences.map(({ sequence, settings, intensity }) => ({ sequence, settings, ...(intensity === undefined ? {} : { intensity }) })) };
}

/** The model card: who made the model on whom, how well it did where, and what it is not for. */
function cardOf(results: Loose, plan: Loose, name: string): unknown {
  const evaluated = Object.entries((results.stages.evaluate?.rows ?? {}) as Record<string, Loose>);
  const ofModel = (list: Loose) => (Array.isArray(list) ? (list.find((one: Loose) => one.model === name) ?? null) : null);
  const training = results.stages.describe?.cohort?.training ?? null;
  return {
    identity: { name, title: results.plan.title, study: results.plan.study, plan: results.plan.digest, planVersion: results.plan.version },
    intendedUse: 'To study whether the prediction holds elsewhere.',
    outOfScope: [RESEARCH_USE_ONLY, 'Patients unlike those of the cohort; images made or outlined otherwise; outcomes other than the one named.'],
    outcome: plan.outcome ?? null,
    cohort: plan.cohort ?? null,
    training: training === null ? null : { patients: training.patients ?? null, events: training.events ?? null, sites: results.sites },
    selection: results.stages.select?.selected ?? results.stages.pipeline?.signature?.selection?.selected ?? null,
    performance: evaluated.map(([rows, part]) => ({
      rows,
      apparent: part.apparent ?? null,
      headline: ofModel(part.headline),
      pooled: ofModel(part.pooled?.models) === null ? null : pooledCard(ofModel(part.pooled.models)),
      sites: (part.sites ?? []).map((site: Loose) => ({ site: site.site, auc: ofModel(site.models)?.auc ?? null, recalibration: ofModel(site.models)?.recalibration ?? null })),
      subgroups: (Array.isArray(part.subgroups) ? part.subgroups : []).map((one: Loose) => ({ column: one.column, groups: one.groups.map((group: Loose) => ({ name: group.name, patients: group.patients, events: group.events, ...ofModel(group.models) })) })),
    })),
    leaveOneSiteOut: ofModel(results.stages.evaluate?.leaveOneSiteOut?.headline),
    thresholds: ofModel(results.stages.evaluate?.thresholds),
    privacy: { disclosure: results.disclosure },
    warnings: results.warnings ?? [],
    notice: RESEARCH_USE_ONLY,
  };
}

const pooledCard = ({ auc, calibration, recalibration, confusion }: Loose) => ({ auc, calibration, recalibration, confusion });
