export * from './site-step.js';
export * from './site-view.js';
