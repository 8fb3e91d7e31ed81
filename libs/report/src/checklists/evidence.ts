import { describedOf, evaluated, isValue, rowsOf, say, selectionsOf, trainedModels, validationsOf, type RunContext } from '@consilium/charts';
import { contextOf, type ReportSource } from '../report-source.js';
import { settingsOf, type SequenceSettings } from './settings.js';

/** What a run gives checklists and the methods text to speak of, read once. */
export interface Evidence {
  readonly source: ReportSource;
  readonly context: RunContext;
  readonly settings: readonly SequenceSettings[];
  readonly sites: number;
  readonly training: { readonly patients: number; readonly events: number } | null;
  readonly test: { readonly patients: number; readonly events: number } | null;
  /** Every hospital was left out of training and tested. */
  readonly leftOut: boolean;
  /** Test patients come from hospitals that gave no training patient. */
  readonly externalTest: boolean;
  /** Rows of the run's validations, and whether any of them was not seen by the models. */
  readonly honest: boolean;
  readonly validated: boolean;
  readonly selected: boolean;
  readonly models: readonly string[];
  readonly hasClinical: boolean;
  readonly hasRadiomics: boolean;
  /** A model of nothing but clinical variables, and one without any. */
  readonly hasClinicalModel: boolean;
  readonly hasRadiomicModel: boolean;
  readonly hasCombined: boolean;
}

export function evidenceOf(source: ReportSource): Evidence {
  const { results, plan } = source;
  const context = contextOf(source);
  const cohort = describedOf(context)?.cohort ?? {};
  const counts = (part: string) => {
    const own = cohort[part];
    return isValue(own) && isValue(own.patients) && isValue(own.events) ? { patients: own.patients, events: own.events } : null;
  };
  const validations = validationsOf(context).filter(({ id }) => isValue(rowsOf(context, id)));
  const models = trainedModels(context).filter(({ suppressed }) => suppressed === undefined).map(({ name }) => name);
  const inputs = (plan?.models ?? []).map((model) => JSON.stringify(model.inputs));
  const clinical = new Set(plan?.clinical.map(({ column }) => column));
  const isClinical = (input: unknown): boolean => input === 'clinical' || (typeof input === 'string' && clinical.has(input.split('=')[0]!));
  const piped = plan?.pipeline !== undefined && plan.pipeline !== null && plan.clinical.length > 0;
  return {
    source,
    context,
    settings: settingsOf(plan),
    sites: results.sites.length,
    training: counts('training'),
    test: counts('test'),
    leftOut: isValue(evaluated(context)?.leaveOneSiteOut),
    externalTest: isExternal(source),
    honest: validations.some(({ apparent }) => !apparent),
    validated: validations.length > 0,
    selected: selectionsOf(context).some(({ selection }) => isValue(selection)),
    models,
    hasClinical: (plan?.clinical.length ?? 0) > 0,
    hasRadiomics: plan !== null && plan.features !== null,
    hasClinicalModel: piped || (plan?.models ?? []).some((model) => model.inputs.length > 0 && model.inputs.every(isClinical)),
    hasRadiomicModel: piped || (plan !== null && plan.features !== null && plan.models.some((model) => model.inputs.length > 0 && !model.inputs.some(isClinical))),
    hasCombined: inputs.some((text) => text.includes('"clinical"') && text.includes('"prediction"')) || piped,
  };
}

function isExternal({ plan }: ReportSource): boolean {
  const [training, test] = [plan?.cohort.training.sites, plan?.cohort.test?.sites];
  return !!training && !!test && test.every((site) => !training.includes(site));
}

/** Patients of both parts, in words; null where a rule hides them. */
export function cohortWords({ training, test }: Evidence): string | null {
  if (training === null) return null;
  const one = (name: string, { patients, events }: { patients: number; events: number }): string => `${say.plural(patients, `${name} patient`)} with ${say.plural(events, 'event')}`;
  return test === null ? one('training', training) : `${one('training', training)}, ${one('test', test)}`;
}

/** How the models were validated, in words. */
export function validationWords({ leftOut, externalTest, test, sites, source }: Evidence): string {
  const parts = [
    ...(leftOut ? [`each of ${sites} hospitals left out of training in turn`] : []),
    ...(source.plan?.cohort.test || test !== null ? [externalTest ? 'test patients of hospitals that gave no training patient' : 'held-out patients of the same hospitals'] : []),
  ];
  return parts.length === 0 ? 'training patients only, which models have seen' : say.list(parts);
}
