import { isSuppressed, type RunResults } from '@consilium/study';
import { textTable } from '../text-table.js';

interface ShownPipeline {
  readonly sequences: readonly { readonly sequence: string; readonly kept: boolean; readonly discriminates: boolean; readonly reason: string; readonly chosen: string | null; readonly selection: { readonly candidates?: number; readonly selected?: readonly string[] } }[];
  readonly signature: { readonly chosen: string | null; readonly selection: { readonly selected?: readonly string[] } };
  readonly clinical: { readonly columns?: readonly string[] } | null;
  readonly figures: { readonly patients: unknown; readonly models: readonly { readonly model: string; readonly apparent: number | null; readonly crossValidated: { readonly auc?: number | null; readonly interval?: { readonly low: number; readonly high: number } | null } }[] };
  readonly volume: { readonly column?: string; readonly features?: readonly { readonly feature: string; readonly r: number }[] } | null;
}

const figure = (x: number | null | undefined): string => (typeof x === 'number' ? x.toFixed(3) : '-');

/** What a pipeline chose and why, and its models on training patients: as they are, and by models that have not seen the patient. */
export function pipelineReport({ stages }: RunResults): string {
  const stage = stages['pipeline'];
  if (stage === undefined) return '';
  if (isSuppressed(stage)) return `The pipeline has no result: ${stage.suppressed.reason}`;
  const { sequences, signature, clinical, figures, volume } = stage as unknown as ShownPipeline;
  const selection = textTable(
    ['sequence', 'candidates', 'selected', 'model', 'kept', 'why'],
    sequences.map(({ sequence, selection: own, chosen, kept, reason }) => [sequence, String(own.candidates ?? '-'), String(own.selected?.length ?? '-'), chosen ?? '-', kept ? 'yes' : 'no', reason]),
  );
  const models = textTable(
    ['model', 'AUC apparent', 'cross-validated', '95 % interval'],
    figures.models.map(({ model, apparent, crossValidated }) => [model, figure(apparent), figure(crossValidated.auc), crossValidated.interval ? `${figure(crossValidated.interval.low)}–${figure(crossValidated.interval.high)}` : '-']),
  );
  const selected = signature.selection.selected ?? [];
  const largest = Math.max(0, ...(volume?.features ?? []).map(({ r }) => Math.abs(r)));
  return [
    selection,
    ...(sequences.some(({ discriminates }) => discriminates) ? [] : ['No sequence tells the outcome: what follows is the best of nothing.']),
    `The Rad-Signature is a ${signature.chosen ?? 'missing'} model of ${selected.length} features${selected.length > 0 && selected.length <= 10 ? `: ${selected.join(', ')}` : ''}.`,
    ...(volume?.column === undefined ? [] : [`Their largest |r| with the tumour volume is ${largest.toFixed(2)}.`]),
    ...(clinical?.columns === undefined ? [] : [`Clinical variables that stay: ${clinical.columns.length === 0 ? 'none' : clinical.columns.join(', ')}.`]),
    `Training patients${typeof figures.patients === 'number' ? ` (${figures.patients})` : ''}, AUC within hospitals and folds; everything chosen is chosen again without each fold:`,
    models,
  ].join('\n');
}
