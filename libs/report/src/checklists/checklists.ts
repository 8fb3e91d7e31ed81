import type { ReportSource } from '../report-source.js';
import type { Assessment, Checklist, Item, ItemState } from './assessment.js';
import { clear } from './clear.js';
import { type Evidence, evidenceOf } from './evidence.js';
import { ibsi } from './ibsi.js';
import { metrics } from './metrics.js';
import { rqs } from './rqs.js';
import { tripodAi } from './tripod-ai.js';

export const checklists: readonly Checklist[] = [clear, metrics, rqs, tripodAi, ibsi];

export interface FilledChecklist {
  readonly checklist: Checklist;
  readonly rows: readonly { readonly item: Item; readonly answer: Assessment }[];
  readonly counts: Readonly<Record<ItemState, number>>;
  readonly score: string | null;
}

/** Every item of every list with its state, by what the run shows. */
export function filledChecklists(source: ReportSource): readonly FilledChecklist[] {
  const evidence = evidenceOf(source);
  return checklists.map((checklist) => filledChecklist(checklist, evidence));
}

function filledChecklist(checklist: Checklist, evidence: Evidence): FilledChecklist {
  const rows = checklist.items.map((item) => ({ item, answer: item.assess(evidence) }));
  const count = (state: ItemState): number => rows.filter(({ answer }) => answer.state === state).length;
  const answers = new Map(rows.map(({ item, answer }) => [item.id, answer]));
  return { checklist, rows, counts: { filled: count('filled'), 'needs-you': count('needs-you'), 'not-applicable': count('not-applicable') }, score: checklist.score?.(answers, evidence) ?? null };
}
