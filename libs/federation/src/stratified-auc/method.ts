import { federatedMethod, methodParameters, orNull, viewOf } from '../federated-method.js';
import { countFolds } from '../linear-lasso/coordinator.js';
import { federatedStratifiedAuc } from './coordinator.js';

export const stratifiedAucMethod = federatedMethod({
  name: 'stratified-auc',
  title: 'AUC of each feature within sites, and within folds where there are any',
  parameters: methodParameters,
  example: { outcome: 'y', features: ['mean_radius', 'mean_texture'], folds: 'fold' },
  rests: 'by-site',
  async run(federation, parameters) {
    const view = viewOf(parameters);
    const folds = view.folds === undefined ? 1 : await countFolds(federation, view);
    const all = await federatedStratifiedAuc(federation, view, folds);
    return all.map(({ feature, auc, standardError, byFold }) => ({ feature, auc: orNull(auc), standardError: orNull(standardError), byFold: byFold.map(orNull) }));
  },
});
