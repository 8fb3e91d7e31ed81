import { z } from 'zod';

/** Rows of a site: all conditions hold. A row whose value is missing never matches. */
export const rowConditionSchema = z.strictObject({
  column: z.string(),
  oneOf: z.array(z.union([z.string(), z.number()])).min(1),
  /** Rows that do NOT have one of the values (a missing value still never matches). */
  negate: z.boolean().optional(),
});

/** Folds: a column of the table, or dealt at the site, round-robin within each outcome class in the order of a seeded hash of the pseudonym. */
export const foldsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('column'), column: z.string() }),
  z.strictObject({ kind: z.literal('dealt'), folds: z.int().min(2).max(50), seed: z.string() }),
]);

const foldRowsSchema = z.strictObject({ folds: z.array(z.int().nonnegative()).min(1), inside: z.boolean() });

/**
 * A published ComBat standardisation, and the rows of the site from which its own batches' effects are estimated: these conditions, and these folds
 * where it names some. A batch without enough of them keeps its values. At sites that `sites` does not name, every column keeps its values.
 */
export const harmoniseSchema = z.strictObject({
  artefact: z.string(),
  rows: z.array(rowConditionSchema),
  foldRows: foldRowsSchema.optional(),
  sites: z.array(z.string()).optional(),
});

/**
 * Which rows and columns of a site's data a step sees. `features` are column names, or `column=level` for the 0/1 indicator of a level, or
 * `@site=NAME`, which is 1 for the patients of that site.
 * A step sees a complete matrix: a feature missing in a row is filled from `fill` (federated means, modes), and rows that still lack a
 * value of a feature or the outcome are left out. `derived` columns are predictions of published models, computed at the site.
 */
export const viewSpecSchema = z.strictObject({
  outcome: z.string(),
  features: z.array(z.string()),
  rows: z.array(rowConditionSchema),
  folds: foldsSchema.optional(),
  fill: z.record(z.string(), z.number()).optional(),
  derived: z
    .array(
      z.strictObject({
        name: z.string(),
        model: z.string(),
        /** For models by fold: what the inputs of each fold's model are harmonised by. Other models read what the view's features are. */
        harmoniseByFold: z.array(z.strictObject({ fold: z.int().nonnegative(), harmonise: harmoniseSchema })).optional(),
      }),
    )
    .optional(),
  /** Once folds are dealt among the rows: only the rows of these folds (`inside`), or all rows but theirs. Fold numbers stay as they were dealt. */
  foldRows: foldRowsSchema.optional(),
  /**
   * Every number a feature or a derived model reads is replaced by (x - mean) / sd of the site's own rows that meet these conditions
   * (sd with ddof 0; constant columns become 0). The means never leave the site.
   */
  ownScale: z.strictObject({ rows: z.array(rowConditionSchema) }).optional(),
  /** Once missing values are filled, the columns of a ComBat standardisation are harmonised; what it does not name stays as it is. */
  harmonise: harmoniseSchema.optional(),
  /**
   * Patterns of column names (`T1:*`, `*_T1`), each the columns of one image sequence. A patient who has no value in any of them lacks the
   * sequence: then none of them is filled.
   */
  together: z.array(z.string().max(200)).max(100).optional(),
  /** Outcomes of the rows that meet these conditions change places among them, by a hash of the seed and the pseudonym: for a null distribution. */
  permute: z.strictObject({ seed: z.string(), rows: z.array(rowConditionSchema) }).optional(),
  /** A published scale of intensities: the columns that were extracted are those of images on this scale. */
  intensityScale: z.string().optional(),
});

export type ViewSpec = z.infer<typeof viewSpecSchema>;
export type RowCondition = z.infer<typeof rowConditionSchema>;
export type HarmoniseSpec = z.infer<typeof harmoniseSchema>;
export type FoldSpec = z.infer<typeof foldsSchema>;
