import type { Finding } from '../figure.js';
import { forestFigure, type ForestRow } from '../figures/forest.js';
import { plural, range } from '../numbers.js';
import { isValue } from './results-file.js';
import { factsOf, rowsOf, validationsOf, type RunContext } from './run-context.js';

/** A run among others, by the name it goes by. */
export interface NamedRun {
  readonly name: string;
  readonly context: RunContext;
}

/** The pooled AUC of every model that several runs validated in the same way on patients it had not seen, run by run. */
export function runForest(runs: readonly NamedRun[]): Finding {
  const lines = runs.flatMap(({ name, context }) =>
    validationsOf(context).filter(({ apparent }) => !apparent).flatMap(({ id, label }) => {
      const rows = rowsOf(context, id);
      return isValue(rows) ? rows.headline.map((headline) => ({ name, label, same: JSON.stringify([headline.model, id]), headline })) : [];
    }),
  );
  const shared = [...new Set(lines.map(({ same }) => same))].filter((same) => new Set(lines.filter((one) => one.same === same).map(({ name }) => name)).size > 1);
  const among = lines.filter(({ same }) => shared.includes(same));
  const labels = new Set(among.map(({ label }) => label));
  const rows = shared.flatMap((same) =>
    among.filter((one) => one.same === same).map(({ name, label, headline }): ForestRow => ({
      label: `${name}: ${headline.model}${labels.size > 1 ? `, ${label.toLowerCase()}` : ''}`,
      site: null,
      patients: null,
      events: null,
      result: 'notEstimable' in headline ? { reason: headline.notEstimable, suppressed: false } : { estimate: headline.auc, interval: { low: headline.confidence[0], high: headline.confidence[1] }, weight: null },
    })),
  );
  const areas = rows.flatMap(({ result }) => ('estimate' in result ? [result.estimate] : []));
  if (areas.length === 0) return { absent: 'No model has a pooled AUC of unseen patients in more than one of these runs.' };
  const { context } = runs[0]!;
  return {
    figure: forestFigure({
      id: 'runs',
      title: 'Pooled AUC in each run',
      reading: `Models that several runs validated in the same way${labels.size > 1 ? '' : ` (${[...labels][0]!.toLowerCase()})`}. Overlap of intervals is no test.`,
      answer: `Pooled AUC ${range(Math.min(...areas), Math.max(...areas), 'auc')} of ${plural(shared.length, 'model')} in ${plural(runs.length, 'run')}.`,
      methods: 'AUCs were pooled over hospitals by random-effects meta-analysis in each run; runs were not tested against each other.',
      measure: { name: 'AUC', axis: 'AUC (0.5 is chance, 1 is perfect)', kind: 'auc', scale: 'linear', line: null, domain: null },
      rowsAre: 'Run and model',
      rows,
      pool: null,
      // Of several runs: their digests stand in the table beside the figure, and none of them is that of the whole.
      facts: { ...factsOf(context, { sites: context.results.sites.length, patients: null, events: null, suppressed: 0 }), resultsDigest: null, planDigest: null, date: null },
    }),
  };
}
