import { defineErrorCodes } from './error-code.js';

/** Codes 100-199, identities, handshake, frames, transport. */
export const channelErrors = defineErrorCodes({});
