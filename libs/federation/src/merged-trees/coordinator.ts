import { modelValue, parseModel, withCovers, type TreeEnsemble, type TreesArtefact } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import { cutSet } from '../binned-view.js';
import { requireTrainable, type FittedTrees } from '../boosting/coordinator.js';
import { federatedCutPoints } from '../cut-points/coordinator.js';
import type { Federation, SiteAnswer } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { localAucs, localEnsemble, nodeCovers, type EnsembleParameters, type LocalAucs, type LocalEnsemble } from './exchange.js';

/** What each site's ensemble counts for: alike, by its patients, by its patients with the event, or by how it discriminates at the other sites. */
export type MergeWeights = 'equal' | 'patients' | 'events' | 'auc-elsewhere';

export interface MergedTreesRequest {
  readonly view: ViewSpec;
  readonly grow: EnsembleParameters['grow'];
  readonly weights: MergeWeights;
  /** At most 32. */
  readonly bins: number;
}

/** One site's part in a merged model. */
export interface MergedSite {
  readonly site: string;
  /** 0 where it gave none, or none that counts. */
  readonly weight: number;
  /** Patients its trees rest on; null where it gave none. */
  readonly patients: number | null;
  /** AUC of its ensemble at the other sites, over their pairs; null where it was not asked or nobody could tell. */
  readonly aucElsewhere: number | null;
  /** Why it gave no trees, or why they do not count. */
  readonly reason: string | null;
}

export interface MergedTrees extends FittedTrees {
  readonly sites: readonly MergedSite[];
}

/** An ensemble that discriminates no better than this at the other sites is left out. */
const CHANCE = 0.55;

/**
 * Ensembles that every site grows on its own patients, merged: P(x) = Σ_s w_s P_s(x), the weighted mean of their probabilities. Thresholds are common cut points, leaves hold
 * at least five patients of the site and answer three digits. Covers, on which SHAP values rest, are counted anew over the patients of all sites. Rounds: those of the cut points, one for the trees, one for
 * covers, one more for the weights `auc-elsewhere`. It is not the model that the pooled patients would give. Throws E671 where nobody gave an ensemble that counts.
 */
export async function federatedMergedTrees(federation: Federation, { view, grow, weights, bins }: MergedTreesRequest): Promise<MergedTrees> {
  const { cuts, n, events } = await federatedCutPoints(federation, { view, bins });
  requireTrainable(view, { n, events });
  const answers = (await federation.gather(localEnsemble, { view, parameters: { cuts: cutSet(cuts), grow } })).map((answer) => ensembleOf(answer, view));
  const given = answers.filter((one): one is Given => 'ensemble' in one);
  if (given.length === 0) throw new ConsiliumError(methodErrors.noEnsemble);
  const sites = await weighed(federation, view, answers, weights);
  const counted = given.filter(({ site }) => sites.find((one) => one.site === site)!.weight > 0);
  if (counted.length === 0) throw new ConsiliumError(methodErrors.noEnsemble);
  const artefact: TreesArtefact = {
    kind: 'trees',
    features: view.features,
    ensembles: counted.map(({ site, ensemble }) => ({ ...ensemble, weight: sites.find((one) => one.site === site)!.weight })),
  };
  return { artefact: await withPooledCovers(federation, view, artefact), n, events, sites };
}

interface Given {
  readonly site: string;
  readonly ensemble: TreeEnsemble;
  readonly events: number;
  readonly nonEvents: number;
}

type Answer = Given | { readonly site: string; readonly reason: string };

/** A site's ensemble, or why it gave none. An answer of another shape than was asked for is not used. */
function ensembleOf(answer: SiteAnswer<LocalEnsemble>, { features }: ViewSpec): Answer {
  const { site } = answer;
  if ('refusal' in answer) return { site, reason: answer.refusal.sentence };
  const { model: value, events, nonEvents } = answer.answer;
  const model = parseModel(value);
  const fits = model?.kind === 'trees' && model.ensembles.length === 1 && model.features.length === features.length && model.features.every((name, j) => name === features[j]);
  return fits ? { site, events, nonEvents, ensemble: model.ensembles[0]! } : { site, reason: 'The answer holds no trees over the features that were asked.' };
}

async function weighed(federation: Federation, view: ViewSpec, answers: readonly Answer[], weights: MergeWeights): Promise<MergedSite[]> {
  const given = answers.filter((one): one is Given => 'ensemble' in one);
  const aucs = weights === 'auc-elsewhere' ? await aucsElsewhere(federation, view, given) : null;
  const raw = given.map((one): number => {
    if (weights === 'equal') return 1;
    if (weights === 'patients') return one.events + one.nonEvents;
    if (weights === 'events') return one.events;
    const auc = aucs!.get(one.site) ?? null;
    // Where one ensemble is all there is and nobody else can judge it, there is nothing to weigh.
    if (auc === null) return given.length === 1 ? 1 : 0;
    return auc > CHANCE ? (auc - 0.5) ** 2 : 0;
  });
  const all = raw.reduce((sum, one) => sum + one, 0);
  return answers.map((one): MergedSite => {
    if (!('ensemble' in one)) return { site: one.site, weight: 0, patients: null, aucElsewhere: null, reason: one.reason };
    const weight = all > 0 ? raw[given.indexOf(one)]! / all : 0;
    const aucElsewhere = aucs?.get(one.site) ?? null;
    const known = aucElsewhere === null ? 'No other site could tell how it discriminates.' : `Its AUC at the other sites is not above ${CHANCE}.`;
    return { site: one.site, weight, patients: one.events + one.nonEvents, aucElsewhere, reason: weight > 0 ? null : known };
  });
}

/** AUC of each site's ensemble at the other sites: of their pairs of one patient with the event and one without, both of one site, the share that it orders right. */
async function aucsElsewhere(federation: Federation, view: ViewSpec, given: readonly Given[]): Promise<Map<string, number | null>> {
  const models = given.map(({ ensemble }) => modelValue({ kind: 'trees', features: view.features, ensembles: [ensemble] }));
  const answers = await federation.gather(localAucs, { view, parameters: { models } });
  return new Map(
    given.map(({ site }, m) => {
      const others = answers.flatMap((one): LocalAucs[] => ('answer' in one && one.site !== site && one.answer.aucs.length === given.length ? [one.answer] : []));
      const pairs = others.reduce((sum, { events, nonEvents }) => sum + events * nonEvents, 0);
      return [site, pairs === 0 ? null : others.reduce((sum, { events, nonEvents, aucs }) => sum + events * nonEvents * aucs[m]!, 0) / pairs];
    }),
  );
}

/** The model with the number of patients of all sites that pass each node. */
export async function withPooledCovers(federation: Federation, view: ViewSpec, artefact: TreesArtefact): Promise<TreesArtefact> {
  const { sums } = await federation.sum(nodeCovers, { view, parameters: { models: [modelValue(artefact)] } });
  let at = 0;
  const ensembles = artefact.ensembles.map((ensemble) => {
    const nodes = ensemble.trees.reduce((sum, { feature }) => sum + feature.length, 0);
    return { ...ensemble, trees: withCovers(ensemble.trees, sums.covers.subarray(at, (at += nodes))) };
  });
  return { ...artefact, ensembles };
}
