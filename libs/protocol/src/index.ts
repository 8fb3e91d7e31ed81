export * from './consilium-error.js';
export * from './error-codes/index.js';
export * from './messages.js';
export * from './parts.js';
export * from './value.js';
export * from './version.js';
