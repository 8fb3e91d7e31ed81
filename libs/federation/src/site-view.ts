/** A site's patients as the agent holds them: one row a patient, ordered by pseudonym. Missing numbers are NaN, missing categories code -1. */
export interface SiteTable {
  /** Ascending, unique. */
  readonly pseudonyms: readonly string[];
  readonly columns: ReadonlyMap<string, SiteColumn>;
  /** Beginnings of names of number columns that exist at other sites, and of which nobody here has a value: a sequence that the site does not acquire. */
  readonly lacked?: readonly string[] | undefined;
}

export type SiteColumn =
  | { readonly kind: 'number'; readonly values: Float64Array }
  | { readonly kind: 'category'; readonly levels: readonly string[]; readonly codes: Int32Array };

/** Pseudonyms of the rows behind a view, in whatever fold. */
export interface AskedRows {
  /** Rows that meet the conditions and have an outcome. */
  readonly cohort: readonly string[];
  /** Rows that have all features (filled ones count as had), and of these those with a value of their own, by columns that share them. */
  readonly groups: readonly { readonly rows: readonly string[]; readonly columns: readonly string[] }[];
  /** Patients of the cohort in each fold; empty where the view has no folds. */
  readonly folds: readonly number[];
}

/** The complete matrix a step sees. */
export interface SiteView {
  /** Rows. */
  readonly n: number;
  /** Of the rows; ascending. They feed seeded draws; nothing made of them but counts leaves. */
  readonly pseudonyms: readonly string[];
  readonly features: readonly string[];
  /** n × p, column by column: feature j is X.subarray(j * n, (j + 1) * n). */
  readonly X: Float64Array;
  /** 0 or 1; 1 is the event. */
  readonly y: Uint8Array;
  /** Fold of each row, 0-based; empty when the view has no folds. */
  readonly fold: Int32Array;
  /** A feature as the table holds it, before missing values were filled and scales were changed: NaN where it is missing. */
  recorded(feature: string): Float64Array;
  /** Whom the view is about, before folds are left out: for the site's own rules, never for a step. */
  asked(): AskedRows;
  /** Keyed by name: cells of other columns for the view's rows (for strata, clinical tables). */
  column(name: string): SiteColumn;
}
