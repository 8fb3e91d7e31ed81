import { deLong } from '@consilium/evaluation';
import { localBoosting, localForest, modelFeatures, modelValue, parseModel, passingRows, predictModel, type GrownLocally, type TreesArtefact } from '@consilium/learning';
import { ConsiliumError, methodErrors, type Value } from '@consilium/protocol';
import { cutsOf, patientKeys } from '../binned-view.js';
import { boostingOptions } from '../boosting/settings.js';
import { forestOptions } from '../forest/settings.js';
import type { SiteStep } from '../site-step.js';
import type { SiteView } from '../site-view.js';
import { classBasis, viewColumn } from '../standardised-columns.js';
import { localAucs, localEnsemble, nodeCovers, type EnsembleParameters, type LocalAucs, type LocalEnsemble, type ModelsParameters } from './exchange.js';

/** Grows the trees. What they rest on is told to the gate leaf by leaf: no leaf with fewer patients than its limit leaves, whatever was asked. */
export const localEnsembleAtSite: SiteStep<EnsembleParameters, LocalEnsemble> = {
  step: localEnsemble,
  compute(view, { cuts, grow }) {
    const { patients, events, nonEvents } = classBasis(view);
    if (events === 0 || nonEvents === 0) throw new ConsiliumError(methodErrors.oneClass, 'The site has patients of one outcome class only, and grows no trees.');
    const rows = { X: view.X, n: view.n, y: view.y, cuts: cutsOf(cuts, view.features.length) };
    const { ensemble, leafPatients } = grown(view, rows, grow);
    const model: TreesArtefact = { kind: 'trees', features: view.features, ensembles: [ensemble] };
    return { contribution: { events, nonEvents, model: modelValue(model) }, basis: { patients, events, nonEvents, cells: [events, nonEvents], leaves: leafPatients } };
  },
};

function grown(view: SiteView, rows: { X: Float64Array; n: number; y: Uint8Array; cuts: Float64Array[] }, grow: EnsembleParameters['grow']): GrownLocally {
  if (grow.kind === 'boosting') {
    const options = boostingOptions(grow.settings);
    return localBoosting({ ...rows, keys: patientKeys(view, options.seed) }, options);
  }
  const options = forestOptions(grow.kind, grow.settings);
  return localForest({ ...rows, keys: patientKeys(view, options.seed) }, options);
}

export const localAucsAtSite: SiteStep<ModelsParameters, LocalAucs> = {
  step: localAucs,
  compute(view, { models }) {
    const { patients, events, nonEvents } = classBasis(view);
    if (events === 0 || nonEvents === 0) throw new ConsiliumError(methodErrors.oneClass, 'The site has patients of one outcome class only, and no AUC.');
    const scores = models.map((value) => {
      const { model, X } = modelOf(view, value);
      return predictModel(model, X, view.n);
    });
    return { contribution: { events, nonEvents, aucs: Float64Array.from(scores, (score) => deLong([score], view.y).auc[0]!) }, basis: { patients, events, nonEvents, cells: [events, nonEvents] } };
  },
};

export const nodeCoversAtSite: SiteStep<ModelsParameters, { readonly covers: Float64Array }> = {
  step: nodeCovers,
  compute(view, { models }) {
    const blocks = models.flatMap((value) => {
      const { model, X } = modelOf(view, value);
      return model.ensembles.map(({ trees }) => passingRows(trees, X, view.n));
    });
    const covers = new Float64Array(blocks.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const block of blocks) {
      covers.set(block, at);
      at += block.length;
    }
    return { contribution: { covers }, basis: classBasis(view) };
  },
};

/** A model of trees in a message, and the view's columns in its order. */
function modelOf(view: SiteView, value: Value): { readonly model: TreesArtefact; readonly X: Float64Array } {
  const model = parseModel(value);
  const places = model?.kind === 'trees' ? modelFeatures(model).map((feature) => view.features.indexOf(feature)) : [-1];
  if (model?.kind !== 'trees' || places.some((j) => j < 0)) throw new ConsiliumError(methodErrors.requestShape, 'The message holds no trees over the features of its view. Nothing was computed.');
  const X = new Float64Array(places.length * view.n);
  places.forEach((j, at) => X.set(viewColumn(view, j), at * view.n));
  return { model, X };
}
