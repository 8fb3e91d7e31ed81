export { extractFeatures, type ExtractOptions, type FeatureTable, type RegionSummary } from './extract.js';
export { Extractor } from './extractor.js';
export type { ExtractedFeature } from './measure.js';
export { describeProblem, ParameterFileError, type ParameterProblem } from './parameters/parameter-document.js';
export { parseParameterFile, type ParameterFile } from './parameters/parameter-file.js';
export * from './settings.js';
export { ENGINE_VERSION, settingsText } from './settings-text.js';
export { perturbCase, type Perturbation } from './perturb.js';
