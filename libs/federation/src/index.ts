export * from './disclosure.js';
export * from './federation.js';
export * from './step.js';
export * from './view.js';
