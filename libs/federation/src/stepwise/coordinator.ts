import { chooseChange, stepwiseChanges } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import type { Federation } from '../federation.js';
import { logisticModel, scalingOf, type LogisticModel, type Scaling } from '../logistic-regression/coordinator.js';
import { fitTogether, type FittedModel } from '../logistic-regression/fit-together.js';
import type { ViewSpec } from '../view.js';

export interface StepwiseRequest {
  /** Its features are the candidates, in the order of the scope. */
  readonly view: ViewSpec;
  readonly scaling: Scaling;
  /** 'backward' starts from all candidates, 'forward' from none; 'both' from where `start` says. */
  readonly direction: 'backward' | 'forward' | 'both';
  readonly start?: 'full' | 'null';
  readonly criterion?: 'aic' | 'bic';
  readonly level?: number;
}

export interface StepwiseStep {
  readonly change: { readonly kind: 'drop' | 'add'; readonly feature: string } | null;
  readonly deviance: number;
  readonly criterion: number;
  /** The changes that were weighed from here, each with its criterion; null where the model has no optimum. */
  readonly weighed: readonly { readonly kind: 'drop' | 'add'; readonly feature: string; readonly criterion: number | null }[];
}

export interface StepwiseResult {
  readonly steps: readonly StepwiseStep[];
  /** In the order they came into the model. */
  readonly selected: readonly string[];
  readonly criterion: number;
  readonly model: LogisticModel;
  readonly warnings: readonly string[];
}

/**
 * Stepwise logistic regression by AIC or BIC, as R's `step`: all one-term changes of a model are fitted in the same rounds, so a step costs
 * 6 to 9 of them whatever the number of candidates. The path equals R's on the pooled rows.
 */
export async function federatedStepwise(federation: Federation, request: StepwiseRequest): Promise<StepwiseResult> {
  const { view, direction } = request;
  const start = direction === 'backward' || (direction === 'both' && (request.start ?? 'full') === 'full') ? view.features : [];
  const fitted = await fitAll(federation, request, [start]);
  let present = fitted[0]!;
  const [n, events] = [present.n, present.events];
  if (events === 0 || events === n) throw new ConsiliumError(methodErrors.oneClass);
  if (!usable(present)) throw new ConsiliumError(methodErrors.noOptimum, 'The model that the selection starts from has no unique optimum. Nothing was selected.');
  const steps: StepwiseStep[] = [];
  let made: StepwiseStep['change'] = null;
  for (;;) {
    const changes = stepwiseChanges(present.request.scaling.features, { direction, scope: view.features });
    const models = await fitAll(federation, request, changes.map(({ terms }) => terms));
    const criteria = models.map((model) => (usable(model) ? criterionOf(request, model) : NaN));
    const weighed = changes.map(({ kind, term }, at) => ({ kind, feature: term, criterion: Number.isFinite(criteria[at]) ? criteria[at]! : null }));
    const criterion = criterionOf(request, present);
    steps.push({ change: made, deviance: -2 * present.fit.statistics.logLikelihood, criterion, weighed });
    const chosen = chooseChange(criterion, criteria);
    if (chosen === null) return { steps, selected: present.request.scaling.features, criterion, model: logisticModel(present, request.level), warnings: warningsOf(present, weighed) };
    made = { kind: changes[chosen]!.kind, feature: changes[chosen]!.term };
    present = models[chosen]!;
  }
}

const fitAll = (federation: Federation, { view, scaling }: StepwiseRequest, models: readonly (readonly string[])[]): Promise<FittedModel[]> =>
  fitTogether(federation, view, models.map((features) => ({ scaling: scalingOf(view, scaling, features) })));

const usable = ({ fit }: FittedModel): boolean => fit.status === 'converged' || fit.status === 'separated';

function criterionOf({ criterion }: StepwiseRequest, { fit, n }: FittedModel): number {
  return -2 * fit.statistics.logLikelihood + (criterion === 'bic' ? Math.log(n) : 2) * fit.beta.length;
}

function warningsOf({ fit }: FittedModel, weighed: StepwiseStep['weighed']): string[] {
  const without = weighed.filter(({ criterion }) => criterion === null).map(({ feature }) => feature);
  return [
    ...(fit.status === 'separated' ? ["The classes are separated by the selected features. Take the coefficients from Firth's regression."] : []),
    ...(without.length > 0 ? [`Models with a change of ${without.join(', ')} have no unique optimum and were not considered.`] : []),
  ];
}
