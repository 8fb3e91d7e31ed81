import { iccTable } from '../plan/icc-table.js';
import type { SelectOptions } from '../plan/plan-schema.js';

export interface PerturbationTrace {
  readonly atLeast: number;
  /** Features that a table is about. */
  readonly features: readonly { readonly feature: string; readonly icc: number | null; readonly kept: boolean }[];
  readonly kept: number;
}

/**
 * Features that small changes of image and mask leave as they are, by the intraclass correlations that the plan brings: measured before the study, without an outcome, so that no fold sees
 * what is left out of it. A feature of a table's sequence that the table does not have, or has without a figure, goes; features that no table is about stay.
 */
export function steadyFeatures(columns: readonly string[], { tables, atLeast }: NonNullable<SelectOptions['perturbed']>): { readonly kept: readonly string[]; readonly trace: PerturbationTrace } {
  const known = tables.map(({ sequence, icc }) => ({ sequence, figures: iccTable(icc) ?? new Map<string, number | null>() }));
  const judged = new Map<string, number | null>();
  for (const column of columns) {
    for (const { sequence, figures } of known) {
      const name = sequence === undefined ? column : ownName(column, sequence);
      if (name !== null && (sequence !== undefined || figures.has(name))) judged.set(column, figures.get(name) ?? null);
    }
  }
  const steady = (column: string): boolean => {
    const icc = judged.get(column);
    return icc === undefined || (icc !== null && icc >= atLeast);
  };
  const kept = columns.filter(steady);
  return { kept, trace: { atLeast, features: [...judged].map(([feature, icc]) => ({ feature, icc, kept: steady(feature) })), kept: kept.length } };
}

/** The name of a sequence's feature within it; null of others. */
const ownName = (column: string, sequence: string): string | null => (column.startsWith(`${sequence}:`) || column.startsWith(`${sequence}_`) ? column.slice(sequence.length + 1) : null);
