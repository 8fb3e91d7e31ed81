import { classificationTable, influenceTable, isFigure, measures, say, rowsOf, isValue, thresholdsOf, scoreHistogram, validationForest, validationRoc, comparisonTable, performanceTable, type Measure, type Selection } from '@consilium/charts';
import { Empty, Panel, Segments } from '@consilium/interface';
import { To } from '../links.js';
import { Exhibits, type Exhibit } from './exhibits.js';
import { NOTHING_VALIDATED, ResultPage, selectionOf, SelectionControls, type ResultState } from './result-page.js';

const measureOf = ({ search }: ResultState): Measure => (search.measure !== undefined && search.measure in measures ? (search.measure as Measure) : 'auc');

const forestOf = (state: ResultState, selection: Selection) => validationForest(state.context, selection, { measure: measureOf(state), threshold: thresholdsOf(state.context, selection.model)[0]?.value ?? 0.5 });

export function Performance() {
  return (
    <ResultPage
      title="Does it work?"
      answer={(state) => {
        const selection = selectionOf(state);
        if (selection === null) return NOTHING_VALIDATED;
        const finding = forestOf(state, selection);
        return isFigure(finding) ? finding.figure.answer : finding.absent;
      }}
      controls={(state) => (
        <SelectionControls state={state}>
          <Segments label="Measure" value={measureOf(state)} options={[{ value: 'auc', label: 'AUC' }, { value: 'slope', label: 'Slope' }, { value: 'oe', label: 'O:E' }, { value: 'in-the-large', label: 'In the large' }, { value: 'net-benefit', label: 'Net benefit' }]} onChange={(measure) => state.change({ measure: measure === 'auc' ? undefined : measure })} />
        </SelectionControls>
      )}
      aside={(state) => <Beside state={state} />}
    >
      {(state) => {
        const selection = selectionOf(state);
        if (selection === null) return <Empty>{NOTHING_VALIDATED} The plan names no model to evaluate, or a rule forbade all of them.</Empty>;
        const threshold = thresholdsOf(state.context, selection.model)[0]?.value;
        const items: Exhibit[] = [
          { title: measures[measureOf(state)].title, finding: forestOf(state, selection) },
          { title: 'Influence of each hospital on the pooled AUC', table: influenceTable(state.context, selection) },
          { title: 'ROC curve of each hospital', finding: validationRoc(state.context, selection) },
          { title: 'Scores by outcome', finding: scoreHistogram(state.context, selection, threshold ?? null) },
          { title: 'Performance', table: performanceTable(state.context, selection, threshold ?? 0.5) },
          { title: 'Predictive values', table: classificationTable(state.context, selection, threshold ?? 0.5) },
        ];
        return <Exhibits items={items} frame={state.frame} />;
      }}
    </ResultPage>
  );
}

/** How much hospitals differ, against simpler models, and what is not shown. */
function Beside({ state }: { readonly state: ResultState }) {
  const selection = selectionOf(state);
  const rows = selection && rowsOf(state.context, selection.validation);
  if (selection === null || !isValue(rows)) return null;
  const headline = rows.headline.find(({ model }) => model === selection.model);
  const hidden = rows.sites.filter(({ classes, models }) => !isValue(classes) || !isValue(models.find(({ model }) => model === selection.model)?.auc));
  const differences = comparisonTable(state.context, selection.validation);
  const own = typeof differences === 'string' ? [] : differences.rows.filter(({ row }) => row!.text.split(' − ').includes(selection.model));
  return (
    <>
      {headline !== undefined && 'auc' in headline && (
        <Panel
          title="How much do hospitals differ?"
          facts={[
            ['95% prediction interval', headline.prediction === null ? '–' : say.range(headline.prediction[0], headline.prediction[1], 'auc')],
            ['Between-site SD, τ (logit)', say.number(Math.sqrt(headline.tau2), 'auc')],
            ['I²', `${say.fixed(headline.i2, 0)}%`],
            ['Sites pooled', `${headline.sites} of ${rows.sites.length}`],
          ]}
        >
          {headline.prediction === null ? 'Fewer than three hospitals: where a new one lies cannot be said.' : 'A new hospital is expected inside the prediction interval 95 times in 100.'}
        </Panel>
      )}
      <Panel title="Against other models, pooled" facts={own.slice(0, 5).map((line) => [line['row']!.text, `${line['difference']!.text} (${line['interval']!.text})`] as const)}>
        {own.length === 0 ? (typeof differences === 'string' ? differences : 'No difference with this model is pooled.') : 'Difference in AUC with 95% CI, DeLong, pooled over hospitals.'} <To to={`/runs/${state.run.id}/models`}>Compare models</To>
      </Panel>
      {hidden.length > 0 && (
        <Panel title={`△ ${say.plural(hidden.length, 'site')} without a figure`} tone="warn">
          {say.list(hidden.map(({ site }) => site))}: its figures never left the hospital, or its patients carry none, and it is not in the pooled row.
        </Panel>
      )}
    </>
  );
}
