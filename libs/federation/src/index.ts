export * from './disclosure.js';
export * from './exact-accumulator.js';
export * from './federation.js';
export { type FoldModelsArtefact, foldModelsValue } from './fold-models.js';
export * from './lock-step.js';
export * from './request.js';
export * from './step.js';
export * from './view.js';
