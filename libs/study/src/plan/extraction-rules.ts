import type { PathProblem, PlanPath } from './plan-issues.js';
import type { AnalysisPlan, SourcePlan } from './plan-schema.js';
import { isExtracted } from './resolve-plan.js';

/** An extraction that names its sequences once, whose settings are at hand, and whose features something uses. */
export function extractionRules(plan: SourcePlan): PathProblem[] {
  const found: PathProblem[] = [];
  const sequences = plan.extract?.sequences ?? [];
  const names = sequences.map(({ sequence }) => sequence);
  for (const [i, { sequence, settings }] of sequences.entries()) {
    if (names.indexOf(sequence) !== i) found.push(problem(['extract', 'sequences', i, 'sequence'], `${sequence} is listed twice. List every sequence once.`));
    if (!settings.includes('\n')) found.push(problem(['extract', 'sequences', i, 'settings'], `${settings} is the name of a file. Check the plan as a file, with the settings beside it.`));
  }
  for (const [i, name] of (plan.features?.sequences ?? []).entries()) {
    if (!names.includes(name)) found.push(problem(['features', 'sequences', i], `${name} is not extracted. ${names.length === 0 ? 'Add extract.' : `Extracted here: ${names.join(', ')}.`}`));
  }
  if (names.length > 0 && plan.features?.sequences === undefined && !usesExtracted(plan)) {
    found.push(problem(['extract'], 'Nothing uses the features of this extraction. Name its sequences under features.sequences.'));
  }
  return found;
}

const usesExtracted = (plan: SourcePlan): boolean =>
  [...(plan.features?.columns ?? []), ...plan.models.flatMap(({ inputs }) => inputs.flatMap((input) => (typeof input === 'object' && 'columns' in input ? input.columns : [])))].some((name) => isExtracted(plan, name));

const problem = (path: PlanPath, sentence: string): PathProblem => ({ path, sentence });

/** Bins of one width suit one kind of intensity; whether they suit a sequence's images only the sites can count. */
export function extractionWarnings(plan: AnalysisPlan): string[] {
  const sequences = plan.extract?.sequences ?? [];
  const shared = sequences.filter(({ settings }, i) => sequences.some((other, j) => i !== j && other.settings === settings)).map(({ sequence }) => sequence);
  const unset = sequences.filter(({ settings }) => !/\bbin(Width|Count)\b/.test(settings)).map(({ sequence }) => sequence);
  return [
    ...(shared.length > 0 ? [`${shared.join(', ')} have the same extraction settings. A bin width suits one kind of intensity; give each sequence its own.`] : []),
    ...unset.map((sequence) => `The settings of ${sequence} give no bin width, so it is 25. Choose one that gives its regions 8 grey levels or more.`),
    ...(sequences.length > 0 ? ['Grey levels are counted at the sites: extraction warns where more than 20 % of patients have fewer than 8.'] : []),
  ];
}
