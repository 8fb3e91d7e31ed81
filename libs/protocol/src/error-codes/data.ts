import { defineErrorCodes } from './error-code.js';

/** Codes 500-599, tables, dictionaries, images. */
export const dataErrors = defineErrorCodes({});
