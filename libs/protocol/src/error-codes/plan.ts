import { defineErrorCodes } from './error-code.js';

/** Codes 400-499, analysis plans. */
export const planErrors = defineErrorCodes({
  siteMisfit: {
    code: 'E401',
    title: "A site's table does not fit the plan",
    retry: 'permanent',
    help: 'Correct the table or its data dictionary at the site, or the plan, and start the run again.',
  },
  noTrainingSite: {
    code: 'E402',
    title: 'No site with training rows takes part',
    retry: 'permanent',
    help: 'Let at least one training site of the plan take part, or change the plan.',
  },
});
