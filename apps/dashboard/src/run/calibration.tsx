import { hosmerLemeshowTable, isFigure, validationCalibration, validationForest } from '@consilium/charts';
import { Empty } from '@consilium/interface';
import { Exhibits, type Exhibit } from './exhibits.js';
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
        const items: Exhibit[] = [
          { title: 'Observed to expected events', finding: validationForest(state.context, selection, { measure: 'oe' }) },
          { title: 'Observed against predicted risk', finding: validationCalibration(state.context, selection) },
          { title: 'Calibration slope', finding: validationForest(state.context, selection, { measure: 'slope' }) },
          { title: 'Calibration in the large', finding: validationForest(state.context, selection, { measure: 'in-the-large' }) },
          { title: 'Hosmer-Lemeshow', table: hosmerLemeshowTable(state.context, selection) },
        ];
        return <Exhibits items={items} frame={state.frame} />;
      }}
    </ResultPage>
  );
}
