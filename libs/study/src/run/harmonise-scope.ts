import { type CombatResult, federatedCombat, type Federation, type HarmoniseSpec } from '@consilium/federation';
import { designColumns } from '../plan/resolve-plan.js';
import type { AnalysisPlan } from '../plan/plan-schema.js';
import type { Scope } from './selection.js';
import { viewOf } from './views.js';

/** How the columns of a scope are harmonised: what a view names, and what all sites share. */
export interface Harmonisation {
  readonly spec: HarmoniseSpec;
  readonly combat: CombatResult;
}

/**
 * The plan's harmonisation fitted on the rows of a scope, outside its left-out folds, with missing values filled as they say. Only the sites it was fitted at
 * harmonise by it: at any other the columns keep their values, as for a hospital that the model has not seen.
 */
export async function harmoniseScope(federation: Federation, plan: AnalysisPlan, { rows, without, missing }: Scope, features: readonly string[]): Promise<Harmonisation | null> {
  const options = plan.harmonise;
  if (!options || features.length === 0) return null;
  const covariates = plan.clinical.filter(({ column }) => options.covariates.includes(column)).flatMap(designColumns);
  const view = viewOf(plan, { rows: rows.conditions, without, features: [...features, ...covariates], fill: missing.fill });
  const { batch, empiricalBayes, meanOnly, leastPatients } = options;
  const combat = await federatedCombat(federation, { view: { ...view, features: [...features] }, covariates, batch, empiricalBayes, meanOnly, leastPatients });
  const foldRows = without.length > 0 ? { foldRows: { folds: [...without], inside: false } } : {};
  return { spec: { artefact: combat.digest, rows: [...rows.conditions], sites: [...federation.sites], ...foldRows }, combat };
}
