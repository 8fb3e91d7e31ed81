import { featureColumn, matchesPattern } from '@consilium/federation';
import { type PlanPipeline, sequencePattern } from './pipeline-schema.js';
import { columnOf, levelsOf, type PlanDictionary } from './plan-dictionary.js';
import type { AnalysisPlan, ClinicalVariable, PlannedSequence, SourcePlan } from './plan-schema.js';

/** Writes out what the dictionary implies: columns of prefixes, levels of categories, the quorum. Doing it twice changes nothing. */
export function resolvePlan(source: SourcePlan, fileDictionary?: PlanDictionary): AnalysisPlan {
  const dictionary = dictionaryOf(source, fileDictionary);
  return {
    ...source,
    sites: [...source.sites].sort(),
    quorum: source.quorum ?? source.sites.length,
    dictionary,
    features: resolvedFeatures(source, dictionary),
    extract: source.extract ? { sequences: source.extract.sequences.map((one) => resolvedSequence(source, one)) } : undefined,
    clinical: source.clinical.map((entry) => clinicalVariable(entry, dictionary)),
    pipeline: resolvedPipeline(source) ?? undefined,
    evaluate: { ...source.evaluate, rows: source.evaluate.rows ?? [source.cohort.test === null ? 'training' : 'test'] },
  };
}

type SourceSequence = NonNullable<SourcePlan['extract']>['sequences'][number];

function resolvedSequence(source: SourcePlan, { sequence, settings, intensity = 'none', mayLack }: SourceSequence): PlannedSequence {
  const column = featureColumn(sequence, '');
  const implied = resolvedPipeline(source)?.sequences.some(({ match }) => matchesPattern(match, column)) === true || furtherReadings(source).has(sequence);
  const lacks = mayLack ?? (implied ? true : undefined);
  return { sequence, settings: sameText(settings), ...(intensity === 'none' ? {} : { intensity }), ...(lacks === undefined ? {} : { mayLack: lacks }) };
}

/** Sequences that hold readings of others once more. */
export const furtherReadings = ({ select, pipeline }: Pick<SourcePlan, 'select' | 'pipeline'>): Set<string> =>
  new Set([select, pipeline?.select, pipeline?.fusion.select].flatMap((options) => (options?.agreement?.sequences ?? []).flatMap(({ again }) => again)));

/** Features of sequences are named when they have been extracted; what is left out of them has to be kept until then. */
function resolvedFeatures(source: SourcePlan, dictionary: PlanDictionary | null): AnalysisPlan['features'] {
  if (source.features === null) return null;
  const { sequences, except } = source.features;
  const columns = featureColumns(source, dictionary);
  return sequences === undefined ? { columns, prefixes: [], except: [] } : { columns, prefixes: [], except: except.filter((name) => isExtracted(source, name)), sequences };
}

/** One text for settings that differ in line ends only. */
const sameText = (settings: string): string => `${settings.replace(/\r\n?/g, '\n').trimEnd()}\n`;

/** Whether a column will be made by the plan's extraction: `SEQUENCE:feature`. */
export const isExtracted = (plan: { readonly extract?: { readonly sequences: readonly { readonly sequence: string }[] } | null | undefined }, column: string): boolean =>
  (plan.extract?.sequences ?? []).some(({ sequence }) => column.startsWith(featureColumn(sequence, '')));

/** The plan with the columns that extraction has made among its candidates: what the stages after it carry out. */
export function withExtracted(plan: AnalysisPlan, extracted: readonly { readonly sequence: string; readonly columns: readonly string[] }[]): AnalysisPlan {
  const { features } = plan;
  if (features?.sequences === undefined) return plan;
  const except = new Set(features.except);
  const made = features.sequences.flatMap((name) => extracted.find(({ sequence }) => sequence === name)?.columns ?? []).filter((name) => !except.has(name));
  return { ...plan, features: { ...features, columns: [...new Set([...features.columns, ...made])] } };
}

/** The pipeline with every sequence's pattern. */
export function resolvedPipeline({ pipeline, extract }: Pick<SourcePlan, 'pipeline' | 'extract'>): PlanPipeline | null {
  if (!pipeline) return null;
  const extracted = new Set(extract?.sequences.map(({ sequence }) => sequence));
  return { ...pipeline, sequences: pipeline.sequences.map((one) => (typeof one === 'string' ? { name: one, match: sequencePattern(one, extracted.has(one)) } : one)) };
}

export function dictionaryOf(source: SourcePlan, fileDictionary?: PlanDictionary): PlanDictionary | null {
  return typeof source.dictionary === 'string' ? (fileDictionary ?? null) : source.dictionary;
}

/**
 * Candidate features, without the exceptions. A plan with prefixes has them in the order of the dictionary, then those it does not list in
 * the order of the plan. A plan that lists them all keeps its order: the canonical text is such a plan, and its dictionary is sorted.
 */
export function featureColumns(source: SourcePlan, dictionary: PlanDictionary | null): string[] {
  const features = source.features;
  if (features === null) return [];
  const named = new Set(features.columns);
  const except = new Set(features.except);
  if (features.prefixes.length === 0) return [...named].filter((name) => !except.has(name));
  const listed = Object.entries(dictionary?.columns ?? {})
    .filter(([name, column]) => named.has(name) || (!name.endsWith('*') && isNumeric(column.type) && features.prefixes.some((prefix) => name.startsWith(prefix))))
    .map(([name]) => name);
  return [...new Set([...listed, ...named])].filter((name) => !except.has(name));
}

export function clinicalVariable(entry: string | ClinicalVariable, dictionary: PlanDictionary | null): ClinicalVariable {
  const written = typeof entry === 'string' ? { column: entry, levels: null, reference: null } : entry;
  const levels = written.levels ?? levelsOf(columnOf(dictionary, written.column));
  return { column: written.column, levels, reference: levels === null ? null : (written.reference ?? levels[0] ?? null) };
}

export const isNumeric = (type: string): boolean => type === 'number' || type === 'integer' || type === 'boolean';

/** Names a view knows the design columns of a clinical variable by: itself, or one indicator a level but the reference. */
export const designColumns = (variable: ClinicalVariable): string[] =>
  variable.levels === null ? [variable.column] : variable.levels.filter((level) => level !== variable.reference).map((level) => `${variable.column}=${level}`);
