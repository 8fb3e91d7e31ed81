import { defineErrorCodes } from './error-code.js';

/** Codes 400-499, analysis plans. */
export const planErrors = defineErrorCodes({});
