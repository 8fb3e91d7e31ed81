import { cohortFlow, describedOf, isFigure, missingMatrix, siteCounts, tableOne, type FigureTable } from '@consilium/charts';
import { DataTable, FindingFrame, Panel } from '@consilium/interface';
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
          {Object.keys(describedOf(state.context)?.cohort ?? {}).map((part) => (
            <Tables key={part} state={state} part={part} />
          ))}
          <FindingFrame title="Missing values" finding={missingMatrix(state.context, 'training')} number={2} {...state.frame} />
          <FindingFrame title="Case mix against the training patients" finding={{ absent: "The case-mix comparison is not in this run's plan." }} number={3} {...state.frame} />
          <FindingFrame title="Scanners and protocols" finding={{ absent: 'The features of this run came from a table, so no scanner was read.' }} number={4} {...state.frame} />
        </>
      )}
    </ResultPage>
  );
}

function Tables({ state, part }: { readonly state: ResultState; readonly part: string }) {
  return [tableOne(state.context, part), siteCounts(state.context, part)].map((table: FigureTable | string, i) =>
    typeof table === 'string' ? (
      <Panel key={i} title={`${i === 0 ? 'Who they are' : 'Counts'}: ${part}`}>
        {table}
      </Panel>
    ) : (
      <div className="panel" key={i}>
        <DataTable table={table} />
      </div>
    ),
  );
}
