import { combatValue, standardisationOf, type CombatArtefact, type CombatOptions, type Standardisation } from '@consilium/harmonisation';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import type { Federation } from '../federation.js';
import { federatedMoments } from '../moments/coordinator.js';
import { standardDeviation } from '../moments/group-moments.js';
import type { ViewSpec } from '../view.js';
import { combatSums } from './exchange.js';

export interface CombatRequest extends Partial<CombatOptions> {
  /** Training rows; its features are those to harmonise. */
  readonly view: ViewSpec;
  /** Columns whose effects are kept. Never the outcome where it is to be predicted. */
  readonly covariates?: readonly string[];
  /** Column whose values are batches within each site; the sites are the batches when absent. */
  readonly batch?: string | null;
  /** Batches with fewer rows are not harmonised and say nothing about the others (default 5). */
  readonly leastPatients?: number;
}

export interface CombatResult {
  readonly artefact: CombatArtefact;
  /** Its published sha256: what a view's `harmonise` names. */
  readonly digest: string;
  /** Patients it rests on. */
  readonly patients: number;
  /** Features and covariates left out because nothing varies within batches. */
  readonly constant: readonly string[];
}

const LEAST_PATIENTS = 5;

/**
 * The standardisation of ComBat that all sites share, as on pooled rows up to rounding (Johnson, Li, Rabinovic 2007; distributed by Chen et al.
 * 2022). Three rounds: moments, then cross products within batches. The effects of the batches are estimated by each site where a view
 * asks for harmonised columns, and never leave it. Throws E658 where the covariates depend on one another or on the batches.
 */
export async function federatedCombat(federation: Federation, request: CombatRequest): Promise<CombatResult> {
  const { view, batch = null, leastPatients = LEAST_PATIENTS, empiricalBayes = true, meanOnly = false } = request;
  const wanted = [...view.features, ...(request.covariates ?? [])];
  const moments = await federatedMoments(federation, { ...view, features: wanted });
  const sd = standardDeviation(moments.all, 0);
  const places = wanted.flatMap((_, at) => (sd[at]! > 0 ? [at] : []));
  const isCovariate = (at: number) => at >= view.features.length;
  const q = places.filter(isCovariate).length;
  const scale = { mean: pick(moments.all.mean, places), sd: pick(sd, places) };
  const columns = { ...view, features: places.map((at) => wanted[at]!) };
  const { sums } = await federation.sum(combatSums, { view: columns, parameters: { covariates: q, ...scale, batch, leastPatients } });
  const n = sums.n[0]!;
  if (n === 0) throw new ConsiliumError(methodErrors.noRows, `No batch has ${leastPatients} patients, so there is nothing to harmonise by.`);
  const shared = standardisationOf({ ...sums, n }, q);
  if (shared === null) throw new ConsiliumError(methodErrors.covariatesDependent);
  const artefact = artefactOf(columns.features, q, { scale, shared, options: { batch, leastPatients, empiricalBayes, meanOnly } });
  const kept = new Set([...artefact.features, ...artefact.covariates]);
  return { artefact, digest: await federation.publish(combatValue(artefact)), patients: n, constant: wanted.filter((name) => !kept.has(name)) };
}

const pick = (block: Float64Array, places: readonly number[]): Float64Array => Float64Array.from(places, (at) => block[at]!);

interface Parts {
  readonly scale: { readonly mean: Float64Array; readonly sd: Float64Array };
  readonly shared: Standardisation;
  readonly options: Pick<CombatArtefact, 'batch' | 'leastPatients' | 'empiricalBayes' | 'meanOnly'>;
}

/** The artefact of the usable features among the columns, of which the last q are covariates. */
function artefactOf(columns: readonly string[], q: number, { scale, shared, options }: Parts): CombatArtefact {
  const p = columns.length - q;
  const used = shared.usable.flatMap((usable, j) => (usable ? [j] : []));
  return {
    kind: 'combat',
    features: used.map((j) => columns[j]!),
    covariates: columns.slice(p),
    ...options,
    mean: pick(scale.mean, used),
    sd: pick(scale.sd, used),
    covariateMean: scale.mean.slice(p),
    covariateSd: scale.sd.slice(p),
    grandMean: pick(shared.grandMean, used),
    variance: pick(shared.variance, used),
    coefficients: Float64Array.from({ length: q * used.length }, (_, at) => shared.coefficients[Math.floor(at / used.length) * p + used[at % used.length]!]!),
  };
}

