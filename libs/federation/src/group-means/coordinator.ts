import { federatedCorrelation } from '../correlation/coordinator.js';
import { isSuppressed } from '../disclosure.js';
import { RoundRefused, type Federation, type SiteAnswer } from '../federation.js';
import { federatedMoments } from '../moments/coordinator.js';
import { standardDeviation } from '../moments/group-moments.js';
import { notEstimable, suppressed, type Figure } from '../validation/figures.js';
import { refusedSum } from '../validation/pooled.js';
import type { ViewSpec } from '../view.js';
import { groupMeans, type GroupMeans } from './exchange.js';

export interface GroupMeanRow {
  readonly site: string;
  readonly outcome: 'events' | 'nonEvents';
  readonly patients: Figure<number>;
  /** Mean z-score of each feature. */
  readonly means: Figure<readonly number[]>;
}

export interface FeatureGroups {
  readonly features: readonly string[];
  readonly rows: readonly GroupMeanRow[];
  /** Pearson's r of all pairs, row after row. */
  readonly correlation: Figure<readonly (readonly number[])[]>;
}

/**
 * What a heat map of features shows without a patient in it: mean z-scores (global mean and sd, ddof 0) by site and outcome, and the correlations of
 * the features over all sites. Four rounds for up to 512 features. Exact.
 */
export async function federatedGroupMeans(federation: Federation, view: ViewSpec): Promise<FeatureGroups> {
  const { features } = view;
  try {
    const moments = await federatedMoments(federation, view);
    const scale = { mean: moments.all.mean, sd: standardDeviation(moments.all, 0) };
    const [answers, r] = (await federation.inParallel<unknown>([
      (branch) => branch.gather(groupMeans, { view, parameters: scale }),
      (branch) => federatedCorrelation(branch, view, moments),
    ])) as [readonly SiteAnswer<GroupMeans>[], Float64Array];
    const rows = answers.flatMap((answer) =>
      (['events', 'nonEvents'] as const).map((outcome): GroupMeanRow => {
        const one = 'answer' in answer ? answer.answer[outcome] : suppressed(answer.refusal.rule, answer.refusal.sentence);
        if (isSuppressed(one)) return { site: answer.site, outcome, patients: one, means: one };
        return { site: answer.site, outcome, patients: one.patients, means: one.patients === 0 ? notEstimable('Nobody is in this group.') : [...one.means] };
      }),
    );
    const p = features.length;
    return { features, rows, correlation: features.map((_, i) => [...r.subarray(i * p, (i + 1) * p)]) };
  } catch (error) {
    if (!(error instanceof RoundRefused)) throw error;
    return { features, rows: [], correlation: refusedSum(error) };
  }
}
