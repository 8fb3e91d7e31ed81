import type { useSay } from './use-words.js';

/** What is read of a plan's canonical text. */
interface ReadPlan {
  readonly outcome: { readonly column: string; readonly event: number | string };
  readonly sites: readonly string[];
  readonly extract?: { readonly sequences: readonly { readonly sequence: string }[] } | null;
  readonly features: { readonly columns: readonly string[]; readonly sequences?: readonly string[] } | null;
  readonly clinical: readonly { readonly column: string }[];
  readonly select: object | null;
  readonly models: readonly { readonly name: string }[];
  readonly pipeline?: object | null;
  readonly evaluate: { readonly leaveOneSiteOut: object | null };
}

/** What will be computed, in plain sentences. */
export function planSentences(text: string, { t, list }: Pick<ReturnType<typeof useSay>, 't' | 'list'>): string[] {
  const plan = JSON.parse(text) as ReadPlan;
  const sequences = plan.features?.sequences ?? [];
  const inputs = [
    ...(plan.features && plan.features.columns.length > 0 ? [t('plan.features', { count: plan.features.columns.length })] : []),
    ...(sequences.length > 0 ? [t('plan.featuresOf', { sequences: list(sequences) })] : []),
    ...(plan.clinical.length > 0 ? [t('plan.clinical', { count: plan.clinical.length })] : []),
  ];
  return [
    t('plan.asks', { count: plan.sites.length, outcome: `${plan.outcome.column} = ${plan.outcome.event}`, inputs: inputs.length === 0 ? t('plan.namedColumns') : list(inputs) }),
    ...(plan.extract ? [t('plan.extracts', { sequences: list(plan.extract.sequences.map(({ sequence }) => sequence)) })] : []),
    plan.select === null ? t('plan.noSelection') : t('plan.selection'),
    ...(plan.models.length > 0 ? [t('plan.models', { count: plan.models.length, models: list(plan.models.map(({ name }) => name)) })] : []),
    ...(plan.pipeline ? [t('plan.pipeline')] : []),
    plan.evaluate.leaveOneSiteOut === null ? t('plan.validation') : t('plan.leaveOut'),
  ];
}
