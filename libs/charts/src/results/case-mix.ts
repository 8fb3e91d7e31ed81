import type { Finding } from '../figure.js';
import { barsFigure, type Bar } from '../figures/bars.js';
import { number } from '../numbers.js';
import { describedOf } from './cohort-figures.js';
import { isValue, whyNot, type CohortResult } from './results-file.js';
import { factsOf, type RunContext } from './run-context.js';

interface Level {
  readonly level: string;
  readonly events: number;
  readonly nonEvents: number;
}

/**
 * Standardised mean differences of the clinical variables between test and training patients: |m₁ − m₀| / √((s₁² + s₀²)/2) of numbers, and of each level
 * of a category with p(1 − p) as its variance (Austin 2009). Above 0.1 groups are often called unlike.
 */
export function caseMix(context: RunContext): Finding {
  const cohort = describedOf(context)?.cohort;
  if (cohort === undefined) return { absent: 'The cohort is not described in this run.' };
  const { training, test } = cohort;
  if (test === undefined) return { absent: 'The plan has no test patients to compare with the training patients.' };
  if (!isValue(training) || !isValue(test)) return { absent: whyNot(isValue(training) ? test : training)!.reason };
  const bars = [...numberBars(training, test), ...categoryBars(training, test)];
  if (bars.length === 0) return { absent: "No clinical variable is in this run's plan." };
  const shown = bars.filter(({ value }) => value !== null);
  const most = shown.reduce<Bar | null>((best, bar) => (best === null || bar.value! > best.value! ? bar : best), null);
  return {
    figure: barsFigure({
      id: 'case-mix',
      title: 'Case mix: test against training patients',
      reading: 'Standardised differences. 0: alike; above 0.1 is often called unlike.',
      answer: most === null ? 'No variable shows its difference.' : `The largest standardised difference is ${number(most.value!, 'auc')}, of ${most.label}.`,
      legend: 'Absolute standardised mean difference of each clinical variable between test and training patients, all hospitals together.',
      methods: 'Case mix of test and training patients was compared by standardised mean differences.',
      rowsAre: 'Variable',
      valueIs: 'Standardised difference',
      format: (value) => number(value, 'auc'),
      bars,
      facts: factsOf(context, { sites: context.results.sites.length, patients: isValue(training.patients) && isValue(test.patients) ? training.patients + test.patients : null, events: isValue(training.events) && isValue(test.events) ? training.events + test.events : null, suppressed: bars.length - shown.length }),
    }),
  };
}

function numberBars(training: CohortResult, test: CohortResult): Bar[] {
  return training.numbers.map(({ column, all, suppressed }) => {
    const other = test.numbers.find((one) => one.column === column);
    const why = suppressed ?? other?.suppressed;
    if (why !== undefined) return { label: column, value: null, absent: whyNot({ suppressed: why })!.reason };
    const [a, b] = [all, other?.all];
    if (!a || !b || a.mean === null || b.mean === null || a.sd === null || b.sd === null || a.sd + b.sd === 0) return { label: column, value: null, absent: 'Not estimable' };
    return { label: column, value: Math.abs(b.mean - a.mean) / Math.sqrt((a.sd ** 2 + b.sd ** 2) / 2) };
  });
}

function categoryBars(training: CohortResult, test: CohortResult): Bar[] {
  return training.categories.flatMap((category): Bar[] => {
    const other = test.categories.find(({ column }) => column === category.column);
    const why = whyNot(category) ?? (other === undefined ? null : whyNot(other));
    if (why !== null || other === undefined) return [{ label: category.column, value: null, absent: why?.reason ?? 'Not in the test patients' }];
    const [own, theirs] = [sharesOf(category), sharesOf(other)];
    return [...own].map(([level, p]) => {
      const q = theirs.get(level) ?? 0;
      const spread = Math.sqrt((p * (1 - p) + q * (1 - q)) / 2);
      return { label: `${category.column}: ${level}`, value: spread === 0 ? 0 : Math.abs(q - p) / spread };
    });
  });
}

function sharesOf(category: CohortResult['categories'][number]): ReadonlyMap<string, number> {
  const levels = (category['levels'] as readonly Level[] | undefined) ?? [];
  const total = levels.reduce((sum, { events, nonEvents }) => sum + events + nonEvents, 0);
  return new Map(levels.map(({ level, events, nonEvents }) => [level, total === 0 ? 0 : (events + nonEvents) / total]));
}
