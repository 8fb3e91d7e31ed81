import { defineErrorCodes } from './error-code.js';

/** Codes 300-399, approvals, outbox, ledger, gate. */
export const agentErrors = defineErrorCodes({});
