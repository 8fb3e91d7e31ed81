export type { ReportFonts } from './markup/styles.js';
export type { ReportPlan } from './plan-view.js';
export { reportHtml } from './report-html.js';
export type { ReportSource, RunRecord, RunTimeline } from './report-source.js';
