import { hidden, isFigure, isValue, numeric, rowsOf, say, siteNumber, validationCalibration, validationForest, whyNot, words, type FigureTable, type RunContext, type Selection } from '@consilium/charts';
import { DataTable, Empty, FindingFrame } from '@consilium/interface';
import { NOTHING_VALIDATED, ResultPage, selectionOf, SelectionControls } from './result-page.js';

export function Calibration() {
  return (
    <ResultPage
      title="Is it calibrated?"
      answer={(state) => {
        const selection = selectionOf(state);
        if (selection === null) return NOTHING_VALIDATED;
        const finding = validationForest(state.context, selection, { measure: 'oe' });
        return isFigure(finding) ? finding.figure.answer : finding.absent;
      }}
      controls={(state) => <SelectionControls state={state} />}
    >
      {(state) => {
        const selection = selectionOf(state);
        if (selection === null) return <Empty>{NOTHING_VALIDATED}</Empty>;
        const table = hosmerLemeshowTable(state.context, selection);
        return (
          <>
            <FindingFrame title="Observed to expected events" finding={validationForest(state.context, selection, { measure: 'oe' })} number={1} {...state.frame} />
            <FindingFrame title="Observed against predicted risk" finding={validationCalibration(state.context, selection)} number={2} {...state.frame} />
            <FindingFrame title="Calibration slope" finding={validationForest(state.context, selection, { measure: 'slope' })} number={3} {...state.frame} />
            {table && (
              <div className="panel">
                <DataTable table={table} />
              </div>
            )}
          </>
        );
      }}
    </ResultPage>
  );
}

function hosmerLemeshowTable(context: RunContext, { model, validation }: Selection): FigureTable | null {
  const rows = rowsOf(context, validation);
  if (!isValue(rows)) return null;
  return {
    caption: 'Hosmer-Lemeshow, reported for comparability: a high p is no proof of calibration',
    columns: [
      { key: 'row', label: 'Hospital' },
      { key: 'statistic', label: 'Statistic', numeric: true },
      { key: 'groups', label: 'Groups', numeric: true },
      { key: 'p', label: 'p', numeric: true },
    ],
    rows: rows.sites.map((site) => {
      const row = { ...words(site.site), site: siteNumber(context, site.site) };
      const found = site.models.find((one) => one.model === model)?.hosmerLemeshow;
      if (isValue(found)) return { row, statistic: numeric(found.statistic, (value) => say.number(value, 'statistic')), groups: numeric(found.groups, say.count), p: numeric(found.external?.p, say.pValue) };
      const why = whyNot(found ?? null)!;
      const cell = why.suppressed ? hidden(why.reason) : { text: '–', value: null };
      return { row, statistic: cell, groups: cell, p: cell };
    }),
  };
}
