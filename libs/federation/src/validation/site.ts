import { binByCuts, calibrationSums, confusionCounts, decisionHistogram, riskGroups, scoreHistogram, type CalibrationSums } from '@consilium/evaluation';
import { clippedLogit, logisticStatistics } from '@consilium/learning';
import type { SiteStep } from '../site-step.js';
import {
  calibrationNames,
  pooledSums,
  rankBins,
  recalibrationSums,
  scoreCounts,
  siteFigures,
  type CutsParameters,
  type PooledParameters,
  type PooledSums,
  type RecalibrationParameters,
  type RecalibrationSums,
  type SiteFigures,
  type SiteParameters,
} from './exchange.js';
import { classBasis } from '../standardised-columns.js';
import { figuresOfSite } from './figures-of-site.js';
import { scoresOf } from './scores-of-view.js';

export const siteFiguresAtSite: SiteStep<SiteParameters, SiteFigures> = { step: siteFigures, compute: figuresOfSite };

export const pooledSumsAtSite: SiteStep<PooledParameters, PooledSums> = {
  step: pooledSums,
  compute(view, { models, confusion }) {
    const scores = models.map((model) => scoresOf(view, model));
    const tables = confusion.map(({ model, threshold }) => confusionCounts(scoresOf(view, model), view.y, threshold));
    const histograms = scores.map((p) => decisionHistogram(p, view.y));
    return {
      contribution: {
        calibration: Float64Array.from(scores.flatMap((p) => inOrder(calibrationSums(p, view.y)))),
        groups: Float64Array.from(scores.flatMap((p) => riskGroups(p, view.y, 'fixed').flatMap(({ n, events, expected }) => [n, events, expected]))),
        eventBins: Float64Array.from(histograms.flatMap(({ events }) => [...events])),
        nonEventBins: Float64Array.from(histograms.flatMap(({ nonEvents }) => [...nonEvents])),
        confusion: Float64Array.from(tables.flatMap(({ tp, fp, fn, tn }) => [tp, fp, fn, tn])),
      },
      basis: classBasis(view),
    };
  },
};

const inOrder = (sums: CalibrationSums) => calibrationNames.map((name) => sums[name]);

export const scoreCountsAtSite: SiteStep<CutsParameters, { readonly counts: Float64Array }> = {
  step: scoreCounts,
  compute(view, { models, cuts }) {
    const counts = models.map((model, m) => {
      const { events, nonEvents } = logitHistogram(scoresOf(view, model), view.y, cuts[m]!);
      return events.map((count, b) => count + nonEvents[b]!);
    });
    return { contribution: { counts: Float64Array.from(counts.flatMap((of) => [...of])) }, basis: classBasis(view) };
  },
};

export const rankBinsAtSite: SiteStep<CutsParameters, { readonly events: Float64Array; readonly nonEvents: Float64Array }> = {
  step: rankBins,
  compute(view, { models, cuts }) {
    const histograms = models.map((model, m) => logitHistogram(scoresOf(view, model), view.y, cuts[m]!));
    const contribution = {
      events: Float64Array.from(histograms.flatMap(({ events }) => [...events])),
      nonEvents: Float64Array.from(histograms.flatMap(({ nonEvents }) => [...nonEvents])),
    };
    return { contribution, basis: classBasis(view) };
  },
};

const logitHistogram = (p: Float64Array, y: Uint8Array, cuts: Float64Array) =>
  scoreHistogram(p.map(clippedLogit), y, cuts.length + 1, (score) => binByCuts(score, cuts));

export const recalibrationSumsAtSite: SiteStep<RecalibrationParameters, RecalibrationSums> = {
  step: recalibrationSums,
  compute(view, { fits }) {
    const statistics = fits.map(({ model, kind, beta }) => {
      const logits = scoresOf(view, model).map(clippedLogit);
      return logisticStatistics(kind === 'joint' ? { columns: [logits], y: view.y } : { columns: [], y: view.y, offset: logits }, beta);
    });
    const contribution = {
      logLikelihood: Float64Array.from(statistics, ({ logLikelihood }) => logLikelihood),
      gradient: Float64Array.from(statistics.flatMap(({ gradient }) => [...gradient])),
      hessian: Float64Array.from(statistics.flatMap(({ hessian }) => [...hessian])),
    };
    return { contribution, basis: classBasis(view) };
  },
};
