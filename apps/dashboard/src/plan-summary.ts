import { say } from '@consilium/charts';

/** What is read of a plan's canonical text. */
interface ReadPlan {
  readonly title: string;
  readonly sites: readonly string[];
  readonly disclosure: string;
  readonly quorum: number;
  readonly deadline: string;
  readonly onDropOut: string;
  readonly outcome: { readonly column: string; readonly event: number | string };
  readonly features: { readonly columns: readonly string[]; readonly sequences?: readonly string[] } | null;
  readonly clinical: readonly { readonly column: string }[];
  readonly select: object | null;
  readonly models: readonly { readonly name: string }[];
  readonly evaluate: { readonly rows: readonly string[]; readonly decisionThresholds: readonly number[]; readonly leaveOneSiteOut: object | null };
}

export const planOf = (text: string): ReadPlan => JSON.parse(text) as ReadPlan;

/** What will be computed, in sentences. */
export function planSentences(text: string): string[] {
  const plan = planOf(text);
  const inputs = [
    ...(plan.features && plan.features.columns.length > 0 ? [say.plural(plan.features.columns.length, 'feature')] : []),
    ...(plan.features?.sequences ? [`all features of ${say.list(plan.features.sequences)}`] : []),
    ...(plan.clinical.length > 0 ? [say.plural(plan.clinical.length, 'clinical variable')] : []),
  ];
  return [
    `It asks ${say.plural(plan.sites.length, 'hospital')} about the outcome ${plan.outcome.column} = ${plan.outcome.event}, from ${inputs.length === 0 ? 'named columns' : say.list(inputs)}.`,
    `${plan.select === null ? 'No feature is selected.' : 'Features are selected on training rows only.'} ${say.plural(plan.models.length, 'model')}: ${say.list(plan.models.map(({ name }) => name))}.`,
    `Models are validated on ${say.list(plan.evaluate.rows)} rows${plan.evaluate.leaveOneSiteOut === null ? '' : ', and with each hospital left out of training in turn'}.`,
    `Disclosure profile ${plan.disclosure}. A run needs ${say.plural(plan.quorum, 'hospital')} and waits ${plan.deadline} for an answer.`,
  ];
}
