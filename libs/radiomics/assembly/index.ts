export { heapBase } from './memory';
// Resampling and filtering take turns in one memory.
export { splineLines, splineGrid, rowEnds, copyRows, nearestPlaces } from '../../imaging/assembly/index';
export * from './region';
export * from './pointwise';
export * from './wavelet';
export * from './gaussian';
export * from './pattern';
export * from './levels';
export * from './first-order';
export * from './pairs';
export * from './cooccurrence';
export * from './zones';
export * from './differences';
export * from './shape';
