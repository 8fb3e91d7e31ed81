import { defineErrorCodes } from './error-code.js';

/** Codes 600-699, what a federated method refuses. */
export const methodErrors = defineErrorCodes({});
