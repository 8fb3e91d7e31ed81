import type { Finding, RunContext, Selection } from '@consilium/charts';

/** Figures whose stages a plan may not ask for. */
export const subgroupForest = (_context: RunContext, _selection: Selection): Finding => ({ absent: "Subgroups are not in this run's plan." });

export const harmonisation = (_context: RunContext): Finding => ({ absent: "Harmonisation is not in this run's plan." });

export const shap = (_context: RunContext, _model: string): Finding => ({ absent: "SHAP values are not in this run's plan." });
