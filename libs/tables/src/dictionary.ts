import { z } from 'zod';

const codeSchema = z.union([z.string(), z.number()]).transform(String);

/** What a column is used for. Only `post-baseline` and `id` take something away: such a column is never a predictor. */
export const columnRoleSchema = z.enum(['id', 'outcome', 'predictor', 'post-baseline', 'stratum', 'split', 'fold', 'site']);
export type ColumnRole = z.infer<typeof columnRoleSchema>;

const dateFormatSchema = z.enum(['YYYY-MM-DD', 'YYYY/MM/DD', 'YYYYMMDD', 'DD.MM.YYYY', 'DD/MM/YYYY', 'MM/DD/YYYY']);
export type DateFormat = z.infer<typeof dateFormatSchema>;

const columnDefinitionSchema = z
  .strictObject({
    type: z.enum(['number', 'integer', 'category', 'date', 'boolean']),
    /** UCUM, for example `10*9/L`. Two sites that name different units for one column are told before a run. */
    unit: z.string().max(60).optional(),
    label: z.string().max(200).optional(),
    /** Least and greatest plausible value, both included; null for an open end. */
    range: z.tuple([z.number().nullable(), z.number().nullable()]).optional(),
    /** The allowed codes, in the order of the levels: a list, or code → label. */
    codes: z.union([z.array(codeSchema).min(1), z.record(z.string(), z.string())]).optional(),
    /** Cells that mean "not known", beside the dictionary's general ones. */
    missing: z.array(codeSchema).optional(),
    role: columnRoleSchema.optional(),
    required: z.boolean().optional(),
    /** Cells such as `<500`: kept as 500 with a companion column `<name>_censored`, or refused (the default). */
    censored: z.enum(['keep', 'refuse']).optional(),
    format: dateFormatSchema.optional(),
  })
  .check((context) => {
    const { type, codes, range, censored, format, unit } = context.value;
    const refuse = (path: string, message: string) => context.issues.push({ code: 'custom', path: [path], message, input: context.value });
    const numeric = type === 'number' || type === 'integer';
    if (codes !== undefined && type !== 'category') refuse('codes', `a ${type} column has no codes`);
    if (range !== undefined && !numeric) refuse('range', `a ${type} column has no range`);
    if (unit !== undefined && !numeric) refuse('unit', `a ${type} column has no unit`);
    if (censored !== undefined && !numeric) refuse('censored', `a ${type} column is not censored`);
    if (format !== undefined && type !== 'date') refuse('format', `a ${type} column has no date format`);
    if (range && range[0] !== null && range[1] !== null && range[0] > range[1]) refuse('range', 'the least value stands after the greatest');
  });

export type ColumnDefinition = z.infer<typeof columnDefinitionSchema>;

export const dataDictionarySchema = z
  .strictObject({
    version: z.literal(1).default(1),
    title: z.string().max(200).optional(),
    /** Missing codes of every column. An empty cell is always missing. */
    missing: z.array(codeSchema).optional(),
    /** By column name. A name that ends in `*` describes every column with that beginning that has no line of its own. */
    columns: z.record(z.string().min(1), columnDefinitionSchema),
  })
  .check((context) => {
    for (const [name, column] of Object.entries(context.value.columns)) {
      if (name.endsWith('*') && (column.required || column.role === 'id' || column.role === 'outcome')) {
        context.issues.push({ code: 'custom', path: ['columns', name], message: 'a pattern cannot be required, an id or an outcome', input: column });
      }
    }
    for (const role of ['id', 'site'] as const) {
      const names = Object.entries(context.value.columns).filter(([, column]) => column.role === role);
      if (names.length > 1) context.issues.push({ code: 'custom', path: ['columns', names[1]![0], 'role'], message: `a second ${role} column`, input: role });
    }
  });

export type DataDictionary = z.infer<typeof dataDictionarySchema>;

export interface DictionaryProblem {
  /** For example `columns.age.range`. */
  readonly path: string;
  readonly sentence: string;
}

/** A dictionary from parsed YAML or JSON, or every mistake in it at once. */
export function parseDictionary(input: unknown): { readonly dictionary: DataDictionary } | { readonly problems: readonly DictionaryProblem[] } {
  const parsed = dataDictionarySchema.safeParse(input);
  if (parsed.success) return { dictionary: parsed.data };
  return { problems: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), sentence: `Data dictionary, ${path.join('.') || 'top'}: ${message}.` })) };
}

/** The definition of a column: its own line, else the longest pattern that fits. */
export function definitionOf(dictionary: DataDictionary | undefined, column: string): ColumnDefinition | undefined {
  if (!dictionary) return undefined;
  const own = Object.hasOwn(dictionary.columns, column) ? dictionary.columns[column] : undefined;
  if (own) return own;
  let best: ColumnDefinition | undefined;
  let length = -1;
  for (const [name, definition] of Object.entries(dictionary.columns)) {
    if (name.endsWith('*') && name.length > length && column.startsWith(name.slice(0, -1))) {
      best = definition;
      length = name.length;
    }
  }
  return best;
}

/** The codes of a category in the order of its levels. */
export function codesOf(definition: ColumnDefinition): readonly string[] | undefined {
  if (definition.codes === undefined) return undefined;
  return Array.isArray(definition.codes) ? definition.codes : Object.keys(definition.codes);
}
