import { federatedPrivateCounts, federatedPrivateLogistic, middles, type Federation, type PrivateCountsResult, type PrivateLogisticResult } from '@consilium/federation';
import type { AnalysisPlan } from '../plan/plan-schema.js';
import { privacyRatio, privateAnswers } from '../plan/privacy.js';
import type { PrivacyOptions } from '../plan/privacy-schema.js';
import { figureOf } from './figure-of.js';
import { type Figure, type StageResults, suppressed } from './run-results.js';
import { rowsOf, sitesOf, viewOf } from './views.js';

const NO_NOISE = suppressed('differential-privacy', 'The plan gives answers with noise only; this stage would give others.');

/** All that a plan of differential privacy computes: one batch of rounds, one answer a site to each question. */
export async function privateStages(federation: Federation, plan: AnalysisPlan, privacy: PrivacyOptions): Promise<Record<string, Figure<StageResults>>> {
  const rows = rowsOf(plan, 'training');
  const ratio = privacyRatio(privacy);
  const [counts, logistic] = (await sitesOf(federation, rows).inParallel<unknown>([
    (branch) => (privacy.counts.length === 0 ? Promise.resolve(null) : figureOf(() => countsOf(branch, plan, { privacy, ratio }))),
    (branch) => (privacy.logistic === null ? Promise.resolve(null) : figureOf(() => modelOf(branch, plan, { logistic: privacy.logistic!, ratio }))),
  ])) as [Figure<PrivateCountsResult> | null, Figure<PrivateLogisticResult> | null];
  const { epsilon, delta } = privacy;
  return {
    private: { epsilon, delta, answers: privateAnswers(privacy), ratio, rows: 'training', counts, logistic },
    describe: NO_NOISE,
    select: NO_NOISE,
    train: NO_NOISE,
    evaluate: NO_NOISE,
    explain: NO_NOISE,
  };
}

function countsOf(federation: Federation, plan: AnalysisPlan, { privacy, ratio }: { privacy: PrivacyOptions; ratio: number }): Promise<PrivateCountsResult> {
  const view = viewOf(plan, { rows: rowsOf(plan, 'training').conditions, features: [], folds: false });
  return federatedPrivateCounts(federation, view, { ratio, tables: privacy.counts.map(({ column, levels }) => ({ column, levels: levels.map(String) })) });
}

function modelOf(federation: Federation, plan: AnalysisPlan, { logistic, ratio }: { logistic: NonNullable<PrivacyOptions['logistic']>; ratio: number }): Promise<PrivateLogisticResult> {
  const { penalty, features } = logistic;
  const view = viewOf(plan, { rows: rowsOf(plan, 'training').conditions, features: features.map(({ column }) => column), folds: false, fill: middles(features) });
  return federatedPrivateLogistic(federation, view, { ratio, penalty, bounds: features.map(({ low, high }) => ({ low, high })) });
}
