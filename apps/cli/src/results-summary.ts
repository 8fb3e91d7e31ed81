import type { RunResults } from '@consilium/study';

/** What a run found, in a few lines for a terminal. */
export const summaryOf = (results: RunResults): string => `${results.plan.title}: ${Object.keys(results.stages).join(', ')}.`;
