import { coefficientNoise, countNoise } from '@consilium/federation';
import { renyiSigma } from '@consilium/statistics';
import type { PathProblem, PlanPath } from './plan-issues.js';
import { columnOf, type PlanDictionary } from './plan-dictionary.js';
import type { AnalysisPlan, SourcePlan } from './plan-schema.js';
import type { PrivacyOptions } from './privacy-schema.js';
import { isNumeric } from './resolve-plan.js';

/** Answers with noise that each site gives: one a table of counts, one for the model. */
export const privateAnswers = ({ counts, logistic }: PrivacyOptions): number => counts.length + (logistic === null ? 0 : 1);

const ratios = new WeakMap<PrivacyOptions, number>();

/** The noise's standard deviation over what one patient can move, the same for each answer: the least that keeps the plan's (ε, δ) over all of them. */
export function privacyRatio(privacy: PrivacyOptions): number {
  const known = ratios.get(privacy);
  if (known !== undefined) return known;
  const ratio = renyiSigma(privacy.epsilon, privacy.delta, privateAnswers(privacy));
  ratios.set(privacy, ratio);
  return ratio;
}

/** Settings whose answers would leave without noise. */
const WITHOUT_NOISE = {
  extract: (plan: SourcePlan) => Boolean(plan.extract),
  features: (plan: SourcePlan) => plan.features !== null,
  clinical: (plan: SourcePlan) => plan.clinical.length > 0,
  harmonise: (plan: SourcePlan) => Boolean(plan.harmonise),
  describe: (plan: SourcePlan) => plan.describe.columns !== null,
  select: (plan: SourcePlan) => plan.select !== null,
  models: (plan: SourcePlan) => plan.models.length > 0,
  pipeline: (plan: SourcePlan) => Boolean(plan.pipeline),
} as const;

export function privacyRules(plan: SourcePlan, dictionary: PlanDictionary | null): PathProblem[] {
  const { privacy } = plan;
  if (!privacy) return [];
  const found: PathProblem[] = [];
  const add = (path: PlanPath, sentence: string) => found.push({ path, sentence });
  if (privateAnswers(privacy) === 0) add(['privacy'], 'Nothing is asked. Add counts, or logistic.');
  for (const [setting, isUsed] of Object.entries(WITHOUT_NOISE)) {
    if (isUsed(plan)) add([setting], `With privacy a plan gives answers with noise only, and ${setting} would leave without. Take it out, or write a plan of its own.`);
  }
  if (plan.onDropOut === 'survivors') add(['onDropOut'], 'Going on without a site asks every other site a second time, and costs its patients a second time. Write onDropOut: fail.');
  const names = [...privacy.counts.map(({ column }, i) => ({ path: ['privacy', 'counts', i, 'column'], column })), ...(privacy.logistic?.features ?? []).map(({ column }, i) => ({ path: ['privacy', 'logistic', 'features', i, 'column'], column }))];
  for (const { path, column } of names) {
    if (dictionary !== null && columnOf(dictionary, column) === undefined) add(path, `${column} is not in the dictionary. Correct the name, or add the column there.`);
  }
  for (const [i, { column, low, high }] of (privacy.logistic?.features ?? []).entries()) {
    const path: PlanPath = ['privacy', 'logistic', 'features', i];
    if (low >= high) add([...path, 'low'], `${low} is not below high. Use a number below ${high}.`);
    if (column === plan.outcome.column) add([...path, 'column'], `${column} is the outcome and cannot predict. Take it out here.`);
    const { type, role } = columnOf(dictionary, column) ?? {};
    if (type !== undefined && !isNumeric(type)) add([...path, 'column'], `${column} is not a number. A private model reads numbers only.`);
    if (role === 'post-baseline') add([...path, 'column'], `${column} is known only after baseline and cannot predict. Use a column known at baseline.`);
    if (privacy.logistic!.features.findIndex((one) => one.column === column) < i) add([...path, 'column'], `${column} is listed twice. List every feature once.`);
  }
  return found;
}

export function privacyWarnings({ privacy }: Pick<AnalysisPlan, 'privacy'>): string[] {
  if (!privacy) return [];
  return ['The noise hides each patient, one at a time. It does not hide how many patients a site has, nor that a site refused.'];
}

/** Log odds over a feature's whole range: an odds ratio of seven. Where noise reaches it at two standard deviations, no effect of clinical size is seen. */
const LARGE_EFFECT = 2;

const short = (x: number): string => Number(x.toPrecision(3)).toString();

/** What the noise will be, in the units of the result: for the plan check, and for stewards. */
export function privacySentences({ privacy, sites }: Pick<AnalysisPlan, 'privacy' | 'sites'>, patients?: number): string[] {
  if (!privacy) return [];
  const ratio = privacyRatio(privacy);
  const answers = privateAnswers(privacy);
  const sentences = [`Differential privacy: ε ${privacy.epsilon} and δ ${privacy.delta} for each patient, over ${answers} ${answers === 1 ? 'answer' : 'answers'} of each site. Noise: ${short(ratio)} times what one patient can move.`];
  if (privacy.counts.length > 0) {
    const deviation = countNoise(ratio, sites.length);
    sentences.push(`Each count over the ${sites.length} sites: noise of standard deviation ${short(deviation)} patients. A count below ${Math.ceil(2 * deviation)} cannot be told from none.`);
  }
  if (privacy.logistic !== null) sentences.push(...modelSentences(privacy.logistic, { ratio, sites: sites.length, patients }));
  return sentences;
}

function modelSentences({ penalty, features }: NonNullable<PrivacyOptions['logistic']>, { ratio, sites, patients }: { ratio: number; sites: number; patients: number | undefined }): string[] {
  if (patients === undefined) return ['With --patients, the noise in each coefficient is printed here in its unit.'];
  const noise = coefficientNoise({ ratio, penalty, bounds: features, patients, sites });
  const overRange = features.map(({ low, high }, j) => noise[j]! * (high - low));
  const lines = features.map(({ column, low, high }, j) => `${column}: noise of standard deviation ${short(noise[j]!)} in the log odds for one unit, ${short(overRange[j]!)} from ${low} to ${high}.`);
  const useless = features.filter((_, j) => 2 * overRange[j]! > LARGE_EFFECT).map(({ column }) => column);
  if (useless.length === 0) return lines;
  return [...lines, `Useless for ${useless.join(', ')}: an odds ratio of ${short(Math.exp(LARGE_EFFECT))} over the whole range would be lost in the noise. Ask for fewer answers, a larger penalty or epsilon, or more patients.`];
}
