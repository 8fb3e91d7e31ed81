import { defineErrorCodes } from './error-code.js';

/** Codes 200-299, studies, runs, rounds, artefacts. */
export const coordinatorErrors = defineErrorCodes({});
