export { applyGate, type GateOutcome } from './disclosure-gate.js';
export { extractionResult, type SequenceReport } from './extract/report.js';
export { openView } from './open-view.js';
export { runSiteStep, type SiteStepCall, type SiteStepOutcome } from './run-site-step.js';
export * from './site-step.js';
export { findSiteStep, siteSteps } from './site-steps.js';
export * from './site-view.js';
export { siteViews, viewDigest, type ViewProvider } from './site-views.js';
export { artefactsOf, type ArtefactSource } from './view-columns.js';
