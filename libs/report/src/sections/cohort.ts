import { caseMix, cohortFlow, describedOf, extractionTable, isFigure, missingMatrix, readerAgreementTable, sampleSizeTable, scannerMatrix, sequenceMatrix, siteCounts, tableOne, univariateTable, vendorTable, type RunContext } from '@consilium/charts';
import { figure, heading, table, type Section } from '../blocks.js';

const parts: Readonly<Record<string, string>> = { training: 'training patients', test: 'test patients' };

export function cohortSection(context: RunContext): Section {
  const flow = cohortFlow(context);
  const cohort = describedOf(context)?.cohort ?? {};
  const names = ['training', 'test'].filter((part) => part in cohort);
  return {
    id: 'cohort',
    title: 'Who was studied?',
    answer: isFigure(flow) ? flow.figure.answer : flow.absent,
    blocks: [
      figure('Patients by hospital', flow),
      ...names.flatMap((part) => [table('Who they are', tableOne(context, part)), table('Patients by hospital', siteCounts(context, part))]),
      figure('Case mix', caseMix(context)),
      ...names.map((part) => figure('Missing values', missingMatrix(context, part), parts[part] ?? part)),
      heading('Images'),
      table('Extraction', extractionTable(context)),
      ...(describedOf(context)?.sequences === undefined
        ? [figure('Scanners and sequences', scannerMatrix(context, 'training'))]
        : names.flatMap((part) => [figure('Patients by sequence', sequenceMatrix(context, part), parts[part] ?? part), figure('Patients by scanner vendor', scannerMatrix(context, part), parts[part] ?? part), table('Case mix by scanner vendor', vendorTable(context, part), parts[part] ?? part)])),
      ...(describedOf(context)?.agreement === undefined ? [] : [heading('Readers'), table('Agreement of readers', readerAgreementTable(context))]),
      heading('Are they enough?'),
      table('Sample size', sampleSizeTable(context)),
      table('Clinical variables one by one', univariateTable(context)),
    ],
  };
}
