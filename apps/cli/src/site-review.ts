import { reviewPlan, type PlanReview, type StepReview } from '@consilium/site-agent';
import { usage } from './refusal.js';
import type { ReviewCommandOptions } from './site-commands.js';
import type { Terminal } from './terminal.js';
import { textTable } from './text-table.js';

const SHORT = 12;
const MOST_SECONDS = 86_400;

/** `consilium site review PLAN`: what would run and what would leave, with samples; nothing is sent. */
export async function review(plan: string, { dir, seconds, samples, json }: ReviewCommandOptions, terminal: Terminal): Promise<void> {
  const limit = seconds === undefined ? undefined : Number(seconds);
  if (limit !== undefined && (!Number.isFinite(limit) || limit < 1 || limit > MOST_SECONDS)) throw usage(`Give --seconds as a number from 1 to ${MOST_SECONDS}.`);
  const found = await reviewPlan(dir, plan, limit === undefined ? {} : { seconds: limit });
  if (json === true) return terminal.out(JSON.stringify(found, null, 2));
  for (const line of headOf(found)) terminal.out(line);
  for (const { stage, sentence, steps } of found.stages) {
    terminal.out(`\nStage ${stage}. ${sentence}`);
    terminal.out(textTable(['step', 'what leaves', 'asked', 'passes', 'bytes'], steps.map((step) => [step.step, `${step.sends} ${wayOf(step, found.masked)}`, String(step.asked), String(step.passed), String(step.bytes)])));
    for (const { step, withheld } of steps) if (withheld) terminal.out(`Held back of ${step}: ${withheld.sentence}`);
    if (samples === true) for (const step of steps) printSample(step, terminal);
  }
  for (const note of found.notes) terminal.out(note);
  terminal.out(`\nNothing was sent. Approve with consilium site approve ${found.digest.slice(0, SHORT)} --until DAY, perhaps with --stages; or refuse with consilium site refuse ${found.digest.slice(0, SHORT)}.`);
}

function headOf(found: PlanReview): string[] {
  const { title, version, digest, signedBy, sites, disclosure, limits, fit, masked, participants } = found;
  return [
    `${title}, version ${version} (plan ${digest.slice(0, SHORT)})`,
    `Signed by the coordinating centre; the words of its key: ${signedBy}.`,
    `Sites: ${sites.join(', ')}. ${masked ? 'Sums travel under masks: the coordinator learns the sum over the sites and no site\'s part.' : 'Sums are plain: the coordinator sees this site\'s part of each while it adds.'}`,
    ...participants.map(({ site, words }) => `  ${site}: ${words}`),
    `Profile ${disclosure}; with this site's own settings: ${limits.minimumPatients} patients, ${limits.minimumPerClass} in each outcome class, counts of 0 or at least ${limits.minimumCell}, ${limits.parametersPerPatient === 0 ? 'no limit of parameters' : `${limits.parametersPerPatient} parameters a patient`}.`,
    limits.minimumDifference > 1 ? `Sets of patients that differ by fewer than ${limits.minimumDifference} from the ${found.answeredCohorts} this site has answered about are refused.` : 'Sets of patients are not compared with earlier ones under this profile.',
    ...(fit.problems.length > 0 ? fit.problems.map((problem) => `Problem: ${problem}`) : [`It uses ${fit.patients} patients of this site, ${fit.events} with the outcome.`]),
    ...fit.warnings.map((warning) => `Note: ${warning}`),
  ];
}

const wayOf = ({ kind }: StepReview, masked: boolean): string => (kind === 'gather' ? 'Shown by site.' : masked ? 'Added under masks.' : 'Added.');

function printSample({ step, sample }: StepReview, terminal: Terminal): void {
  if (sample === null) return;
  const { exact, size, digest, view, rendering } = sample;
  const rows = view.conditions.length === 0 ? 'all rows' : view.conditions.join(' and ');
  terminal.out(`Sample of ${step}, ${size} bytes, sha256 ${digest.slice(0, SHORT)}: outcome ${view.outcome}, ${view.features} features, ${rows}.`);
  terminal.out(exact ? 'A run sends exactly this, before any mask.' : 'A run sends numbers of this form; they also rest on what other sites answer.');
  terminal.out(JSON.stringify(rendering.content));
}
