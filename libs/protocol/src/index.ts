export * from './consilium-error.js';
export * from './enrolment.js';
export * from './error-codes/index.js';
export type * from './ledger-entry.js';
export * from './messages.js';
export * from './parts.js';
export * from './statements.js';
export * from './value.js';
export * from './version.js';
