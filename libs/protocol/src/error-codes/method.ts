import { defineErrorCodes } from './error-code.js';

/** Codes 600-699, what a federated method refuses: 600-649 the federation itself, 650-699 single methods. */
export const methodErrors = defineErrorCodes({
  sumShape: {
    code: 'E601',
    title: 'A contribution has another shape than the sum',
    retry: 'permanent',
    help: 'Update the site so that its release matches the coordinator, then resume the run.',
  },
  sumRange: {
    code: 'E602',
    title: 'A contribution holds a number that is too large to be added exactly',
    retry: 'permanent',
    help: 'Check the unit and the range of the columns named in the step. Nothing of the contribution was added.',
  },
  sumTerms: {
    code: 'E603',
    title: 'A sum was offered more contributions than it has sites',
    retry: 'permanent',
    help: 'Each site is added once. The further contribution was not added.',
  },
  unknownStep: {
    code: 'E604',
    title: 'The site does not know the step',
    retry: 'permanent',
    help: 'Update the site agent to a release that has the step in this version.',
  },
  requestShape: {
    code: 'E605',
    title: 'A request does not fit its step',
    retry: 'permanent',
    help: 'The coordinator and the site run different releases. Update the older one.',
  },
  missingColumn: {
    code: 'E606',
    title: 'The table lacks a column that the step needs',
    retry: 'permanent',
    help: 'Add the column to the table, or map it in the data dictionary, and start the site again.',
  },
  numbersNeeded: {
    code: 'E607',
    title: 'A column holds categories where numbers are needed',
    retry: 'permanent',
    help: 'Correct the column, or declare its type and its missing codes in the data dictionary.',
  },
  outcomeNotBinary: {
    code: 'E608',
    title: 'The outcome is not 0 or 1',
    retry: 'permanent',
    help: 'Code the outcome as 0 and 1, or name its event in the plan.',
  },
  foldNotWhole: {
    code: 'E609',
    title: 'A fold is missing or not a whole number from 0',
    retry: 'permanent',
    help: 'Fill the fold column for every row the plan selects, with 0, 1, 2 and so on.',
  },
  unknownArtefact: {
    code: 'E610',
    title: 'A view names a model that the site does not have',
    retry: 'transient',
    help: 'The site asks the coordinator for the model and tries again by itself.',
  },
  oneClass: {
    code: 'E611',
    title: 'Only one outcome class is present where two are needed',
    retry: 'permanent',
    help: 'Check the outcome and the rows of the plan. The figure needs patients with and without the event.',
  },
  noRows: {
    code: 'E612',
    title: 'No patient has every value the step needs',
    retry: 'permanent',
    help: 'Check the rows of the plan and the missing values of its columns, or choose a rule that fills them.',
  },
  oneSite: {
    code: 'E613',
    title: 'One site is left where two are needed',
    retry: 'permanent',
    help: 'Leaving one site out needs at least two sites. Add a site, or leave this stage out of the plan.',
  },
  tooFewPatients: {
    code: 'E620',
    title: 'Fewer patients than the disclosure rule asks for',
    retry: 'permanent',
    help: 'Add patients, or leave the site out of this figure. The rule cannot be loosened by the site.',
  },
  tooFewPerClass: {
    code: 'E621',
    title: 'Fewer patients in one outcome class than the disclosure rule asks for',
    retry: 'permanent',
    help: 'Add patients of the smaller class, or leave the site out of this figure.',
  },
  smallCell: {
    code: 'E622',
    title: 'A count is above 0 and below the smallest that may leave',
    retry: 'permanent',
    help: 'Merge rare levels or bins in the plan, then ask again.',
  },
  tooManyParameters: {
    code: 'E623',
    title: 'More parameters per patient than the disclosure rule allows',
    retry: 'permanent',
    help: 'Ask for fewer features at once, or add patients.',
  },
  notFinite: {
    code: 'E624',
    title: 'A figure is not a finite number',
    retry: 'permanent',
    help: 'Look for constant or extreme columns in the table. Nothing was sent.',
  },
  emptyFold: {
    code: 'E650',
    title: 'A fold of a cross-validation has no patients',
    retry: 'permanent',
    help: 'Use fewer folds, or check the fold column of the plan.',
  },
  foldOutside: {
    code: 'E651',
    title: 'A table has a fold that the plan does not have',
    retry: 'permanent',
    help: 'Number the folds from 0, the same at every site, and name their count in the plan.',
  },
  noOptimum: {
    code: 'E652',
    title: 'A model has no unique optimum',
    retry: 'permanent',
    help: 'Remove a feature that repeats others, or use a penalised model.',
  },
  unknownModel: {
    code: 'E653',
    title: 'A validation names a model that its view does not have',
    retry: 'permanent',
    help: 'Add the model to the derived columns of the view.',
  },
  notAProbability: {
    code: 'E654',
    title: 'A column that should hold probabilities holds other numbers',
    retry: 'permanent',
    help: 'Validate the predictions of a model: numbers from 0 to 1.',
  },
  extractionDiffers: {
    code: 'E660',
    title: 'A site extracted features otherwise than the others',
    retry: 'permanent',
    help: 'Bring the named site to the release and the settings of the others, and launch the run again.',
  },
});
