import { Tag } from '@consilium/interface';
import type { Decision } from './types.js';
import { useSay } from './words/use-words.js';

/** What the site decided of a plan, and until when. */
export function DecisionTag({ decision }: { readonly decision: Decision | null }) {
  const { t, day } = useSay();
  if (decision === null) return <Tag tone="warn">{t('plans.waits')}</Tag>;
  if (decision.decision === 'refused') return <Tag tone="bad">{t('plans.refused')}</Tag>;
  if (decision.decision === 'withdrawn') return <Tag tone="bad">{t('plans.withdrawn')}</Tag>;
  if (decision.expired) return <Tag tone="warn">{t('plans.expired')}</Tag>;
  return <Tag tone="good">{decision.expiresAt === null ? t('plans.approved') : t('plans.approvedUntil', { day: day(decision.expiresAt) })}</Tag>;
}
