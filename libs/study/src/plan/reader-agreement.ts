import { z } from 'zod';
import { columnOf, levelsOf, type PlanDictionary } from './plan-dictionary.js';
import type { PathProblem } from './plan-issues.js';

const columnName = z.string().min(1).max(200);

/** How well readers agree, told with the cohort: of categories, of measurements, and of the regions they outlined. */
export const readerAgreementSchema = z
  .strictObject({
    categories: z
      .array(
        z.strictObject({
          first: columnName,
          second: columnName,
          levels: z.array(z.union([z.string(), z.number()])).min(2).max(50).nullable().default(null).describe('In order; those of the dictionary when absent'),
        }),
      )
      .max(100)
      .default([])
      .describe("Two readers' columns of the same category: Cohen's kappa"),
    weights: z.enum(['none', 'linear', 'quadratic']).default('none').describe('Of kappa, for levels in an order'),
    measurements: z
      .array(z.strictObject({ name: columnName, columns: z.array(columnName).min(2).max(20).describe('One a reading') }))
      .max(100)
      .default([])
      .describe('Readings of the same number: ICC(2,1) and ICC(3,1)'),
    overlap: z.array(columnName).max(100).default([]).describe('Columns of an overlap of two outlined regions, as the Dice coefficient: mean and standard deviation'),
  })
  .describe('How well readers agree, over the training patients who have all readings');

export type ReaderAgreement = z.infer<typeof readerAgreementSchema>;

/** Columns that it reads. */
export const agreementColumns = ({ categories, measurements, overlap }: ReaderAgreement): string[] => [
  ...categories.flatMap(({ first, second }) => [first, second]),
  ...measurements.flatMap(({ columns }) => columns),
  ...overlap,
];

/** The levels of a pair of categories. */
export const pairLevels = ({ first, levels }: ReaderAgreement['categories'][number], dictionary: PlanDictionary | null): readonly (string | number)[] | null => levels ?? levelsOf(columnOf(dictionary, first));

/** Categories have levels, and the dictionary has the columns. */
export function readerAgreementRules(agreement: ReaderAgreement | null | undefined, dictionary: PlanDictionary | null): PathProblem[] {
  if (!agreement) return [];
  const at = ['describe', 'agreement'];
  const strangers = dictionary === null ? [] : agreementColumns(agreement).filter((name) => columnOf(dictionary, name) === undefined);
  return [
    ...agreement.categories.flatMap((pair, i): PathProblem[] => (pairLevels(pair, dictionary) === null ? [{ path: [...at, 'categories', i], sentence: `${pair.first} has no levels in the dictionary. Give levels, or its codes in the dictionary.` }] : [])),
    ...[...new Set(strangers)].map((name): PathProblem => ({ path: at, sentence: `${name} is not in the dictionary. Correct the name, or add the column there.` })),
  ];
}
