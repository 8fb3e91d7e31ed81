import type { Intensity } from '@consilium/federation';
import type { PathProblem, PlanPath } from './plan-issues.js';
import type { AnalysisPlan, SourcePlan } from './plan-schema.js';
import { isExtracted } from './resolve-plan.js';

/** An extraction that names its sequences once, whose settings are at hand, and whose features something uses. */
export function extractionRules(plan: SourcePlan): PathProblem[] {
  const found: PathProblem[] = [];
  const sequences = plan.extract?.sequences ?? [];
  const names = sequences.map(({ sequence }) => sequence);
  for (const [i, { sequence, settings, intensity }] of sequences.entries()) {
    if (names.indexOf(sequence) !== i) found.push(problem(['extract', 'sequences', i, 'sequence'], `${sequence} is listed twice. List every sequence once.`));
    if (intensity && intensity !== 'none') found.push(...intensityRules(plan, i, { sequence, settings, intensity }));
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

/** Words in the name of a sequence whose intensities are measurements. */
const QUANTITATIVE = new Map([['ADC', 'ADC'], ['PET', 'PET'], ['PT', 'PET'], ['SUV', 'PET'], ['CT', 'CT']]);

/** Measurements in units are not rescaled, intensities not twice, and no scale is made of images that are left out. */
function intensityRules({ evaluate }: SourcePlan, i: number, { sequence, settings, intensity }: { sequence: string; settings: string; intensity: Intensity }): PathProblem[] {
  const path = ['extract', 'sequences', i, 'intensity'];
  const found: PathProblem[] = [];
  const kind = sequence.toUpperCase().split(/[-_]|(?<=[A-Z])(?=\d)/).map((word) => QUANTITATIVE.get(word)).find((word) => word !== undefined);
  if (kind !== undefined) found.push(problem(path, `${kind} is quantitative: ${sequence} must not be rescaled. Write none, or take intensity out here.`));
  if (/^\s*normalize\s*:\s*true/im.test(settings)) found.push(problem(path, `The settings of ${sequence} normalise its images already. Take normalize out there, or intensity here.`));
  if (intensity === 'nyul' && evaluate.leaveOneSiteOut !== null) {
    found.push(problem(path, 'Images of a site that is left out would take part in the scale. Use z-score, or take evaluate.leaveOneSiteOut out.'));
  }
  return found;
}

const usesExtracted = (plan: SourcePlan): boolean =>
  [...(plan.features?.columns ?? []), ...plan.models.flatMap(({ inputs }) => inputs.flatMap((input) => (typeof input === 'object' && 'columns' in input ? input.columns : [])))].some((name) => isExtracted(plan, name));

const problem = (path: PlanPath, sentence: string): PathProblem => ({ path, sentence });

/** Eight levels between -3 and 3. */
const WIDEST_ON_Z_SCORES = 0.75;

/** Bins of one width suit one kind of intensity; whether they suit a sequence's images only the sites can count. */
export function extractionWarnings(plan: AnalysisPlan): string[] {
  const sequences = plan.extract?.sequences ?? [];
  const shared = sequences.filter(({ settings }, i) => sequences.some((other, j) => i !== j && other.settings === settings)).map(({ sequence }) => sequence);
  const unset = sequences.filter(({ settings }) => !/\bbin(Width|Count)\b/.test(settings)).map(({ sequence }) => sequence);
  return [
    ...(shared.length > 0 ? [`${shared.join(', ')} have the same extraction settings. A bin width suits one kind of intensity; give each sequence its own.`] : []),
    ...unset.map((sequence) => `The settings of ${sequence} give no bin width, so it is 25. Choose one that gives its regions 8 grey levels or more.`),
    ...sequences.flatMap(({ sequence, intensity, settings }) => {
      const width = Number(/\bbinWidth\s*:\s*([\d.eE+-]+)/.exec(settings)?.[1] ?? 25);
      return intensity === 'z-score' && width > WIDEST_ON_Z_SCORES && !/\bbinCount\b/.test(settings) ? [`Intensities of ${sequence} lie between -3 and 3, so a bin width of ${width} gives it few grey levels. Use ${WIDEST_ON_Z_SCORES} or less.`] : [];
    }),
    ...(sequences.some(({ intensity }) => intensity === 'nyul') && plan.folds !== null ? ['The scale of intensities is one for the run, from all training images and no outcome; folds do not make it anew.'] : []),
    ...(sequences.length > 0 ? ['Grey levels are counted at the sites: extraction warns where more than 20 % of patients have fewer than 8.'] : []),
  ];
}
