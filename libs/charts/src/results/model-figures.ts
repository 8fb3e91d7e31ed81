import type { FigureTable, Finding } from '../figure.js';
import { hidden, numeric, words } from '../figure.js';
import { forestFigure, type ForestRow } from '../figures/forest.js';
import { change, estimate, list, number, plain, pValue, range } from '../numbers.js';
import { isValue, whyNot } from './results-file.js';
import { factsOf, rowsOf, trainedModels, type RunContext } from './run-context.js';

/** An interval that holds half of the scale says nothing of a rank. */
const TOO_WIDE = 0.5;

/** The pooled AUC of every model, one under the other. */
export function modelForest(context: RunContext, validation: string): Finding {
  const rows = rowsOf(context, validation);
  if (!isValue(rows)) return { absent: "This validation is not in this run's plan." };
  const lines = rows.headline.map((headline): ForestRow => ({
    label: headline.model,
    site: null,
    patients: null,
    events: null,
    result: 'notEstimable' in headline ? { reason: headline.notEstimable, suppressed: false } : { estimate: headline.auc, interval: { low: headline.confidence[0], high: headline.confidence[1] }, weight: null },
  }));
  if (lines.length === 0) return { absent: 'No model has a result in this validation.' };
  const known = [...rows.headline].filter((one) => 'auc' in one).sort((a, b) => b.auc - a.auc);
  const best = known.find(({ confidence: [low, high] }) => high - low < TOO_WIDE) ?? known[0];
  const above = known.slice(0, best === undefined ? 0 : known.indexOf(best)).map(({ model }) => model);
  const unranked = above.length === 0 ? '' : ` The interval of ${list(above)} is too wide to rank ${above.length === 1 ? 'it' : 'them'}.`;
  const answer = best === undefined ? 'No model has a pooled AUC.' : `The highest pooled AUC is ${estimate(best.auc, { low: best.confidence[0], high: best.confidence[1] }, 'auc')}, of ${best.model}.${unranked}`;
  return {
    figure: forestFigure({
      id: 'models',
      title: 'Pooled AUC of each model',
      reading: 'The same patients for every model. Overlap of intervals is no test.',
      answer,
      methods: 'AUCs were pooled over hospitals by random-effects meta-analysis; differences of models were tested by DeLong at each hospital and pooled.',
      measure: { name: 'AUC', axis: 'AUC (0.5 is chance, 1 is perfect)', kind: 'auc', scale: 'linear', line: null, domain: null },
      rowsAre: 'Model',
      rows: lines,
      pool: null,
      facts: factsOf(context, { sites: rows.sites.length, patients: null, events: null, suppressed: lines.filter(({ result }) => 'reason' in result && result.suppressed).length }),
    }),
  };
}

/** Differences of AUC between models, pooled over sites. */
export function comparisonTable(context: RunContext, validation: string): FigureTable | string {
  const rows = rowsOf(context, validation);
  if (!isValue(rows)) return "This validation is not in this run's plan.";
  if (!rows.comparisons || rows.comparisons.length === 0) return rows.headline.length > 1 ? 'Differences are not pooled in this run.' : 'One model has a result, so there is nothing to compare it with.';
  return {
    caption: 'Difference of AUC between models, DeLong, pooled over hospitals',
    columns: [
      { key: 'row', label: 'Models' },
      { key: 'difference', label: 'ΔAUC', numeric: true },
      { key: 'interval', label: '95% CI', numeric: true },
      { key: 'prediction', label: '95% prediction interval', numeric: true },
      { key: 'p', label: 'p', numeric: true },
      { key: 'sites', label: 'Hospitals', numeric: true },
    ],
    rows: rows.comparisons.map(({ models, difference }) => {
      const row = words(`${models[0]} − ${models[1]}`);
      if (!isValue(difference)) {
        const { reason, suppressed } = whyNot(difference)!;
        const none = suppressed ? hidden(reason) : { text: reason, value: null };
        return { row, difference: none, interval: none, prediction: none, p: none, sites: none };
      }
      const { estimate: value, confidence, prediction, p, k } = difference.hartungKnapp;
      return {
        row,
        difference: numeric(value, (x) => change(x)),
        interval: words(range(confidence.low, confidence.high, 'difference')),
        prediction: prediction === null ? { text: '–', value: null } : words(range(prediction.low, prediction.high, 'difference')),
        p: numeric(p, pValue),
        sites: numeric(k, String),
      };
    }),
  };
}

/** Coefficients of a model with odds ratios, where it has them. */
export function coefficientTable(context: RunContext, model: string): FigureTable | string {
  const trained = trainedModels(context).find(({ name }) => name === model);
  if (trained === undefined) return 'The run has no such model.';
  if (trained.suppressed !== undefined) return trained.suppressed.reason;
  if (!trained.coefficients) return 'This kind of model has no coefficients.';
  return {
    caption: `Coefficients of ${model}`,
    columns: [
      { key: 'row', label: 'Input' },
      { key: 'estimate', label: 'Coefficient', numeric: true },
      { key: 'ratio', label: 'Odds ratio (95% CI)', numeric: true },
      { key: 'p', label: 'p', numeric: true },
    ],
    rows: trained.coefficients.map(({ name, estimate: value, oddsRatio, oddsRatioLow, oddsRatioHigh, p }) => ({
      row: words(name),
      estimate: numeric(value, (x) => number(x, 'coefficient')),
      ratio: name === '(Intercept)' || oddsRatio === undefined || oddsRatioLow === undefined || oddsRatioHigh === undefined ? { text: '–', value: null } : { text: ratioText(oddsRatio, oddsRatioLow, oddsRatioHigh), value: oddsRatio },
      p: numeric(p, pValue),
    })),
  };
}

const ratioText = (ratio: number, low: number, high: number): string => (high < 1000 && low > 0.001 ? estimate(ratio, { low, high }, 'ratio', false) : `${plain(ratio)} (${plain(low)} to ${plain(high)})`);
