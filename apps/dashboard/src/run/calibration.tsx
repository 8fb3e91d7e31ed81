import { hosmerLemeshowTable, isFigure, validationCalibration, validationForest } from '@consilium/charts';
import { Empty, FindingFrame } from '@consilium/interface';
import { NOTHING_VALIDATED, ResultPage, selectionOf, SelectionControls } from './result-page.js';
import { TableOrReason } from './table-or-reason.js';

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
        return (
          <>
            <FindingFrame title="Observed to expected events" finding={validationForest(state.context, selection, { measure: 'oe' })} number={1} {...state.frame} />
            <FindingFrame title="Observed against predicted risk" finding={validationCalibration(state.context, selection)} number={2} {...state.frame} />
            <FindingFrame title="Calibration slope" finding={validationForest(state.context, selection, { measure: 'slope' })} number={3} {...state.frame} />
            <TableOrReason title="Hosmer-Lemeshow" table={hosmerLemeshowTable(state.context, selection)} />
          </>
        );
      }}
    </ResultPage>
  );
}
