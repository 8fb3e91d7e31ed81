import { ConsiliumError, methodErrors, type Refusal } from '@consilium/protocol';
import { federatedCategoricalTest, type CategoricalTest } from '../categorical-counts/coordinator.js';
import type { Suppressed } from '../disclosure.js';
import { RoundRefused, type Federation } from '../federation.js';
import { federatedMoments, type Moments } from '../moments/coordinator.js';
import { momentTotals } from '../moments/exchange.js';
import type { ViewSpec } from '../view.js';
import { siteCounts, type SiteCounts } from './exchange.js';

export interface DescribeOptions {
  /** Numeric columns, or `column=level` indicators. */
  readonly numbers: readonly string[];
  readonly categories: readonly { readonly column: string; readonly levels: readonly string[] }[];
}

export interface Description {
  readonly patients: number | Suppressed;
  readonly events: number | Suppressed;
  /** A row a site: its counts, or why it gave none. `missing` is in the order of numbers (indicators left out), then categories. */
  readonly sites: readonly ({ readonly site: string } & ({ readonly counts: SiteCounts } | { readonly refusal: Refusal }))[];
  readonly numbers: readonly { readonly column: string; readonly moments: Moments | Suppressed }[];
  readonly categories: readonly { readonly column: string; readonly test: CategoricalTest | Suppressed }[];
}

/**
 * The cohort table: patients and events in all and per site, missing values per site, each number's mean and spread by outcome (over the
 * patients who have it), each category's counts by outcome. Two rounds, whatever the number of columns. A column that a site's rule forbids
 * is suppressed by itself.
 */
export async function federatedDescription(federation: Federation, view: ViewSpec, { numbers, categories }: DescribeOptions): Promise<Description> {
  const bare: ViewSpec = { ...view, features: [] };
  const plainNumbers = numbers.filter((name) => !name.includes('='));
  const columns = [...plainNumbers, ...categories.map(({ column }) => column)];
  const parts: Partial<Writable<Description>> = {};
  await federation.inParallel<unknown>([
    async (branch) => {
      const totals = await figure(async () => (await branch.sum(momentTotals, { view: bare, parameters: null })).sums.n);
      parts.patients = totals instanceof Float64Array ? totals[0]! + totals[1]! : totals;
      parts.events = totals instanceof Float64Array ? totals[1]! : totals;
    },
    async (branch) => {
      const answers = await branch.gather(siteCounts, { view: bare, parameters: { columns } });
      parts.sites = answers.map((one) => ('answer' in one ? { site: one.site, counts: one.answer } : one));
    },
    async (branch) => {
      parts.numbers = await branch.inParallel(
        numbers.map((column) => async (own) => ({ column, moments: await figure(() => federatedMoments(own, { ...view, features: [column] })) })),
      );
    },
    async (branch) => {
      parts.categories = await branch.inParallel(
        categories.map(({ column, levels }) => async (own) => ({ column, test: await figure(() => federatedCategoricalTest(own, bare, column, levels)) })),
      );
    },
  ]);
  return parts as Description;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The figure, or the rule by which a site refused its part. */
async function figure<T>(make: () => Promise<T>): Promise<T | Suppressed> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof ConsiliumError && error.code === methodErrors.noRows.code) return { suppressed: { rule: 'no-rows', reason: error.message } };
    if (!(error instanceof RoundRefused)) throw error;
    const { rule, sentence } = error.refusals[0]!.refusal;
    return { suppressed: { rule, reason: sentence } };
  }
}
