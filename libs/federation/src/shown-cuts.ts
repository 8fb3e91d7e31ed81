import { methodErrors } from '@consilium/protocol';
import { createHash } from 'node:crypto';
import type { Breach } from './disclosure-gate.js';
import type { Basis } from './disclosure.js';
import type { Selection } from './selection.js';

/** Cuts by an order of patients: how many lie below each. */
export type CutsByOrder = ReadonlyMap<string, readonly number[]>;

/**
 * Cuts that a site has shown of predictions, and the rule about another one: between two cuts of patients in the same order lie nobody or at least k. The order is what is compared, so that the same model
 * under another name, or with its predictions stretched, is the same.
 */
export class ShownCuts {
  private readonly fresh = new Map<string, Set<number>>();
  private readonly orders = new Map<Uint32Array, string>();

  constructor(
    private readonly known: CutsByOrder,
    private readonly selection: () => Selection,
    private readonly k: number,
  ) {}

  /** Why the cuts of a figure must not be shown; they count as shown where there is nothing against them. */
  breachOf({ cuts }: Basis): Breach | undefined {
    if (!cuts || this.k <= 1) return undefined;
    const order = this.orderOf(cuts.ranks);
    const shown = [...(this.known.get(order) ?? []), ...(this.fresh.get(order) ?? [])];
    if (cuts.below.some((below) => shown.some((other) => below !== other && Math.abs(below - other) < this.k))) return closeCut(this.k);
    this.fresh.set(order, new Set([...(this.fresh.get(order) ?? []), ...cuts.below]));
    return undefined;
  }

  /** The cuts of figures that are shown in the end. */
  of(figures: readonly Basis[]): CutsByOrder {
    const all = new Map<string, Set<number>>();
    for (const { cuts } of figures) if (cuts && this.k > 1) all.set(this.orderOf(cuts.ranks), new Set([...(all.get(this.orderOf(cuts.ranks)) ?? []), ...cuts.below]));
    return new Map([...all].map(([order, below]) => [order, [...below].sort((a, b) => a - b)]));
  }

  private orderOf(ranks: Uint32Array): string {
    let order = this.orders.get(ranks);
    if (order === undefined) {
      const { cohort } = this.selection();
      const bytes = (of: BigUint64Array | Uint32Array) => new Uint8Array(of.buffer, of.byteOffset, of.byteLength);
      this.orders.set(ranks, (order = createHash('sha256').update(bytes(cohort)).update(bytes(ranks)).digest('hex')));
    }
    return order;
  }
}

const closeCut = (k: number): Breach => ({
  code: methodErrors.cohortDifference,
  rule: 'cut-difference',
  reason: `Fewer than ${k} patients lie between a cut of this figure and one that this site has shown of the same order of predictions; the same cut, or one with ${k} patients between, would pass`,
});
