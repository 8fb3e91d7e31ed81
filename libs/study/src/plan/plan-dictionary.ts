import { z } from 'zod';

/** What a plan needs of a data dictionary; sites check their tables against the whole of it. */
export const planColumnSchema = z.looseObject({
  type: z.enum(['number', 'integer', 'category', 'date', 'boolean']),
  role: z.enum(['id', 'outcome', 'predictor', 'post-baseline', 'stratum', 'split', 'fold', 'site']).optional(),
  codes: z.union([z.array(z.union([z.string(), z.number()])).min(1), z.record(z.string(), z.string())]).optional(),
});

/** A name that ends in `*` describes every column with that beginning that has no line of its own. */
export const planDictionarySchema = z.looseObject({ columns: z.record(z.string(), planColumnSchema) });

export type PlanDictionary = z.infer<typeof planDictionarySchema>;
export type PlanColumn = z.infer<typeof planColumnSchema>;

/** A column's own line, else the longest pattern that fits. */
export function columnOf(dictionary: PlanDictionary | null, name: string): PlanColumn | undefined {
  if (dictionary === null) return undefined;
  if (Object.hasOwn(dictionary.columns, name)) return dictionary.columns[name];
  const patterns = Object.keys(dictionary.columns).filter((key) => key.endsWith('*') && name.startsWith(key.slice(0, -1)));
  const best = patterns.sort((a, b) => b.length - a.length)[0];
  return best === undefined ? undefined : dictionary.columns[best];
}

/** Levels of a category in the order of its codes. */
export function levelsOf(column: PlanColumn | undefined): string[] | null {
  if (column?.type !== 'category' || column.codes === undefined) return null;
  return Array.isArray(column.codes) ? column.codes.map(String) : Object.keys(column.codes);
}

/** Levels of the category that names the vendor of a patient's scanner; null where neither the clinical variables nor the dictionary know them. */
export const vendorLevels = (plan: { readonly clinical: readonly { readonly column: string; readonly levels: readonly string[] | null }[]; readonly dictionary: PlanDictionary | null }, vendor: string): readonly string[] | null =>
  plan.clinical.find(({ column }) => column === vendor)?.levels ?? levelsOf(columnOf(plan.dictionary, vendor));
