import { defineErrorCodes } from './error-code.js';

/** Codes 500-599, tables, dictionaries, images. */
export const dataErrors = defineErrorCodes({
  tableUnreadable: {
    code: 'E500',
    title: 'A table cannot be read',
    retry: 'permanent',
    help: 'Save the table as a CSV file with one header row and one row a patient.',
  },
  columnMissing: {
    code: 'E501',
    title: 'A column is not in the table',
    retry: 'permanent',
    help: 'Add the column to the table, or map the name in the data dictionary.',
  },
  lettersInNumber: {
    code: 'E502',
    title: 'A number column holds text',
    retry: 'permanent',
    help: 'Correct the cells named in the local report, or declare them as missing codes in the data dictionary.',
  },
  duplicatePatients: {
    code: 'E503',
    title: 'A patient stands twice in a table',
    retry: 'permanent',
    help: 'Keep one row a patient. The local report names the rows.',
  },
  unknownCode: {
    code: 'E504',
    title: 'A column holds a code that its dictionary does not name',
    retry: 'permanent',
    help: 'Correct the cells named in the local report, or add the code to the data dictionary.',
  },
  outOfRange: {
    code: 'E505',
    title: 'A value lies outside its declared range',
    retry: 'permanent',
    help: 'Check the unit and the cells named in the local report.',
  },
  dictionaryMistaken: {
    code: 'E506',
    title: 'The data dictionary has mistakes',
    retry: 'permanent',
    help: 'Correct the lines named in the message. Nothing was read.',
  },
  censoredValue: {
    code: 'E507',
    title: 'A number column holds a censored value',
    retry: 'permanent',
    help: 'Declare `censored: keep` for the column, or replace the value.',
  },
  tooFewPatients: {
    code: 'E508',
    title: 'The table has too few patients',
    retry: 'permanent',
    help: 'Add patients, or agree with the coordinating centre that this site leaves the run.',
  },
  ambiguousNumbers: {
    code: 'E510',
    title: 'A number column mixes decimal points and decimal commas',
    retry: 'permanent',
    help: 'Export the table with one kind of decimal sign.',
  },
  tablesShareColumn: {
    code: 'E511',
    title: 'Two tables hold the same column',
    retry: 'permanent',
    help: 'Remove or rename the column in one of the tables.',
  },
  patientsUnlinked: {
    code: 'E512',
    title: 'Patients of one table are not in the other',
    retry: 'permanent',
    help: 'Check that both tables use the same patient identifiers. The local report lists the unmatched ones.',
  },
  imagesUnusable: {
    code: 'E520',
    title: 'The images of the site cannot be used for the plan',
    retry: 'permanent',
    help: 'Run consilium site check at the site. It names the images, masks or settings to correct.',
  },
  reviewsDamaged: {
    code: 'E521',
    title: 'The record of excluded patients cannot be read',
    retry: 'transient',
    help: 'Restore reviews.json of the site folder from the backup. Until then nothing is computed, since nobody knows who is excluded.',
  },
});
