export { extractFeatures } from './extract.js';
export * from './settings.js';
