export { linearModelValue, linearPredictor, parseLinearModel, predict, type LinearModelArtefact } from './linear-model.js';
