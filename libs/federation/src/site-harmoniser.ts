import { CombatColumns, type BatchEffects, type CombatArtefact, type Columns } from '@consilium/harmonisation';
import type { SiteColumn } from './site-view.js';

export interface HarmoniserRows {
  /** The column of batches; absent where the site is one batch. */
  readonly batch: SiteColumn | undefined;
  /** Rows of the table. */
  readonly total: number;
  /** Those from which effects are estimated. */
  readonly rows: readonly number[];
}

/** A site's columns harmonised by a published standardisation and by effects of the site's own batches, which it estimates and keeps. */
export class SiteHarmoniser {
  private readonly combat: CombatColumns;
  private readonly places: ReadonlyMap<string, number>;
  private readonly made = new Map<number, Float64Array>();

  constructor(artefact: CombatArtefact, columns: Columns, { batch, total, rows }: HarmoniserRows) {
    this.combat = new CombatColumns(artefact, columns, { ...batchesOf(batch, total), rows });
    this.places = new Map(artefact.features.map((name, j) => [name, j]));
  }

  /** Effects of each batch, null where it has too few rows. */
  get effects(): readonly (BatchEffects | null)[] {
    return this.combat.batchEffects;
  }

  /** The harmonised column, or undefined for a column that the standardisation does not name. */
  column(name: string): Float64Array | undefined {
    const place = this.places.get(name);
    if (place === undefined) return undefined;
    let values = this.made.get(place);
    if (!values) this.made.set(place, (values = this.combat.column(place)));
    return values;
  }
}

/** Each row's batch as a number: the site itself, a level, or a number of a numeric column; -1 where it is missing. */
export function batchesOf(batch: SiteColumn | undefined, total: number): { batches: Int32Array; count: number } {
  if (batch === undefined) return { batches: new Int32Array(total), count: 1 };
  if (batch.kind === 'category') return { batches: batch.codes, count: batch.levels.length };
  const numbers = [...new Set(batch.values.filter((x) => !Number.isNaN(x)))].sort((a, b) => a - b);
  const places = new Map(numbers.map((x, b) => [x, b]));
  return { batches: Int32Array.from(batch.values, (x) => places.get(x) ?? -1), count: numbers.length };
}
