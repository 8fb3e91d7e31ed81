import { caseMix, cohortFlow, describedOf, extractionTable, isFigure, missingMatrix, readerAgreementTable, sampleSizeTable, scannerMatrix, sequenceMatrix, siteCounts, tableOne, univariateTable, vendorTable } from '@consilium/charts';
import { Exhibits, type Exhibit } from './exhibits.js';
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
      {(state) => <Exhibits items={exhibits(state)} frame={state.frame} />}
    </ResultPage>
  );
}

function exhibits({ context }: ResultState): Exhibit[] {
  const parts = ['training', 'test'].filter((part) => part in (describedOf(context)?.cohort ?? {}));
  return [
    { title: 'Patients by hospital', finding: cohortFlow(context) },
    ...parts.flatMap((part): Exhibit[] => [
      { title: `Who they are: ${part}`, table: tableOne(context, part) },
      { title: `Counts: ${part}`, table: siteCounts(context, part) },
    ]),
    { title: 'Missing values', finding: missingMatrix(context, 'training') },
    { title: 'Case mix against the training patients', finding: caseMix(context) },
    { title: 'Patients by sequence', finding: sequenceMatrix(context, 'training') },
    { title: 'Scanners and protocols', finding: scannerMatrix(context, 'training') },
    { title: 'Case mix by scanner vendor', table: vendorTable(context, 'training') },
    { title: 'Extraction', table: extractionTable(context) },
    { title: 'Agreement of readers', table: readerAgreementTable(context) },
    { title: 'Clinical variables one by one', table: univariateTable(context) },
    { title: 'Are they enough?', table: sampleSizeTable(context) },
  ];
}
