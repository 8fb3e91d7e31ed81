import { batchEffects, type BatchEffects } from './combat-effects.js';
import type { CombatArtefact } from './combat-artefact.js';

/** Where a site's numbers come from: a column by name, one value a row, NaN where it is missing. */
export type Columns = (name: string) => Float64Array;

/** The site's own rows, by batch. */
export interface BatchRows {
  /** Number of the batch of every row; -1 where it has none. */
  readonly batches: Int32Array;
  readonly count: number;
  /** Rows from which the effects are estimated. */
  readonly rows: readonly number[];
}

/**
 * Harmonises the columns of one site by a published ComBat standardisation and the effects of the site's own batches, estimated from some of
 * its rows: complete ones of a batch that has at least `leastPatients` of them. Rows of other batches keep their values: they are the ones a model
 * meets at a site or scanner it has not seen.
 */
export class CombatColumns {
  /** Σ c · coefficients for each row and feature would be n × p numbers: computed feature by feature instead. */
  private readonly scaledCovariates: readonly Float64Array[];
  private readonly effects: readonly (BatchEffects | null)[];

  constructor(
    private readonly artefact: CombatArtefact,
    private readonly columns: Columns,
    private readonly site: BatchRows,
  ) {
    const { covariates, covariateMean, covariateSd } = artefact;
    this.scaledCovariates = covariates.map((name, c) => columns(name).map((x) => (x - covariateMean[c]) / covariateSd[c]));
    this.effects = this.estimate();
  }

  /** Effects of each batch, null where it has too few rows. */
  get batchEffects(): readonly (BatchEffects | null)[] {
    return this.effects;
  }

  /** The harmonised column of feature j of the artefact. NaN stays NaN, and a row that lacks a covariate becomes NaN. */
  column(j: number): Float64Array {
    const { mean, sd, variance } = this.artefact;
    const fixed = this.fixedPart(j);
    const spread = Math.sqrt(variance[j]);
    const values = this.columns(this.artefact.features[j]);
    return values.map((x, row) => {
      const effects = this.effects[this.site.batches[row]] ?? null;
      if (effects === null) return x;
      const delta = effects.delta[j];
      const z = ((x - mean[j]) / sd[j] - fixed(row)) / spread - effects.gamma[j];
      return mean[j] + sd[j] * ((delta > 0 ? z / Math.sqrt(delta) : Number.isNaN(z) ? NaN : 0) * spread + fixed(row));
    });
  }

  private fixedPart(j: number): (row: number) => number {
    const { grandMean, coefficients, features } = this.artefact;
    const p = features.length;
    return (row) => this.scaledCovariates.reduce((sum, values, c) => sum + values[row] * coefficients[c * p + j], grandMean[j]);
  }

  private estimate(): (BatchEffects | null)[] {
    const { features, leastPatients, mean, sd, variance } = this.artefact;
    const rowsOf = this.completeRows();
    const sums = rowsOf.map((rows) => ({ n: rows.length, sum: new Float64Array(features.length), square: new Float64Array(features.length) }));
    features.forEach((name, j) => {
      const values = this.columns(name);
      const fixed = this.fixedPart(j);
      const spread = Math.sqrt(variance[j]);
      rowsOf.forEach((rows, b) => {
        for (const row of rows) {
          const z = ((values[row] - mean[j]) / sd[j] - fixed(row)) / spread;
          sums[b].sum[j] += z;
          sums[b].square[j] += z * z;
        }
      });
    });
    return sums.map((one) => (one.n < leastPatients ? null : batchEffects(one, this.artefact)));
  }

  private completeRows(): number[][] {
    const { features } = this.artefact;
    const read = [...features.map((name) => this.columns(name)), ...this.scaledCovariates];
    const byBatch: number[][] = Array.from({ length: this.site.count }, () => []);
    for (const row of this.site.rows) {
      const batch = this.site.batches[row];
      if (batch >= 0 && read.every((values) => !Number.isNaN(values[row]))) byBatch[batch].push(row);
    }
    return byBatch;
  }
}
