import type { DisclosureLimits } from '@consilium/federation';

/** The stricter of two sets of limits, limit by limit. */
export function tightenLimits(plan: DisclosureLimits, site: DisclosureLimits): DisclosureLimits {
  const ratios = [plan.parametersPerPatient, site.parametersPerPatient].filter((limit) => limit > 0);
  return {
    minimumCell: Math.max(plan.minimumCell, site.minimumCell),
    minimumPatients: Math.max(plan.minimumPatients, site.minimumPatients),
    minimumPerClass: Math.max(plan.minimumPerClass, site.minimumPerClass),
    parametersPerPatient: ratios.length > 0 ? Math.min(...ratios) : 0,
    // A site that raises k raises what rests on it, unless it names these by themselves.
    minimumBin: Math.max(plan.minimumBin, site.minimumBin, site.minimumCell),
    minimumLeaf: Math.max(plan.minimumLeaf, site.minimumLeaf, site.minimumCell),
    minimumDifference: Math.max(plan.minimumDifference, site.minimumDifference, site.minimumCell),
  };
}

/** Whether the site runs a step of this name. */
export const stepAllowed = (allowed: readonly string[] | null, step: string): boolean =>
  allowed === null || allowed.some((name) => (name.endsWith('*') ? step.startsWith(name.slice(0, -1)) : step === name));
