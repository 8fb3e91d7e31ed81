export * from './b-spline.js';
export * from './image-file-error.js';
export { looksLikeNifti, readNifti } from './nifti.js';
export { looksLikeNrrd, readNrrd, writeNrrd } from './nrrd.js';
export * from './resample.js';
export * from './volume.js';
export * from './bounding-box.js';
export * from './mask-grid.js';
