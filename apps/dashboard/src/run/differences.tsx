import { harmonisation, isFigure, siteDiscriminationTable, subgroupForest, subgroupTable, validationForest } from '@consilium/charts';
import { Empty, FindingFrame } from '@consilium/interface';
import { NOTHING_VALIDATED, ResultPage, selectionOf, SelectionControls } from './result-page.js';
import { TableOrReason } from './table-or-reason.js';

export function Differences() {
  return (
    <ResultPage
      title="Where does it not?"
      answer={(state) => {
        const selection = selectionOf(state);
        if (selection === null) return NOTHING_VALIDATED;
        const left = validationForest(state.context, { ...selection, validation: 'leave-one-site-out' }, { measure: 'auc' });
        return isFigure(left) ? left.figure.answer : "Leaving each hospital out is not in this run's plan for this model.";
      }}
      controls={(state) => <SelectionControls state={state} />}
    >
      {(state) => {
        const selection = selectionOf(state);
        if (selection === null) return <Empty>{NOTHING_VALIDATED}</Empty>;
        return (
          <>
            <FindingFrame title="Each hospital left out of training" finding={validationForest(state.context, { ...selection, validation: 'leave-one-site-out' }, { measure: 'auc' })} number={1} {...state.frame} />
            <FindingFrame title="Subgroups" finding={subgroupForest(state.context, selection)} number={2} {...state.frame} />
            <TableOrReason title="Subgroups" table={subgroupTable(state.context, selection)} />
            <FindingFrame title="Before and after harmonisation" finding={harmonisation(state.context)} number={3} {...state.frame} />
            <TableOrReason title="Hospital told by the selected features" table={siteDiscriminationTable(state.context)} />
          </>
        );
      }}
    </ResultPage>
  );
}
