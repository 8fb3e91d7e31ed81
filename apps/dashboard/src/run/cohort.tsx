import { caseMix, cohortFlow, describedOf, extractionTable, isFigure, missingMatrix, sampleSizeTable, scannerMatrix, sequenceMatrix, siteCounts, tableOne, univariateTable, type FigureTable } from '@consilium/charts';
import { FindingFrame } from '@consilium/interface';
import { TableOrReason } from './table-or-reason.js';
import { ResultPage, type ResultState } from './result-page.js';

export function Cohort() {
  return (
    <ResultPage
      title="Who was studied?"
      answer={({ context }) => {
        const flow = cohortFlow(context);
        return isFigure(flow) ? flow.figure.answer : flow.absent;
      }}
    >
      {(state) => (
        <>
          <FindingFrame title="Patients by hospital" finding={cohortFlow(state.context)} number={1} {...state.frame} />
          {['training', 'test'].filter((part) => part in (describedOf(state.context)?.cohort ?? {})).map((part) => (
            <Tables key={part} state={state} part={part} />
          ))}
          <FindingFrame title="Missing values" finding={missingMatrix(state.context, 'training')} number={2} {...state.frame} />
          <FindingFrame title="Case mix against the training patients" finding={caseMix(state.context)} number={3} {...state.frame} />
          <FindingFrame title="Patients by sequence" finding={sequenceMatrix(state.context, 'training')} number={4} {...state.frame} />
          <FindingFrame title="Scanners and protocols" finding={scannerMatrix(state.context, 'training')} number={5} {...state.frame} />
          <TableOrReason title="Extraction" table={extractionTable(state.context)} />
          <TableOrReason title="Clinical variables one by one" table={univariateTable(state.context)} />
          <TableOrReason title="Are they enough?" table={sampleSizeTable(state.context)} />
        </>
      )}
    </ResultPage>
  );
}

function Tables({ state, part }: { readonly state: ResultState; readonly part: string }) {
  return [tableOne(state.context, part), siteCounts(state.context, part)].map((table: FigureTable | string, i) => <TableOrReason key={i} title={`${i === 0 ? 'Who they are' : 'Counts'}: ${part}`} table={table} />);
}
