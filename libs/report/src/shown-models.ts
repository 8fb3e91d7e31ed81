import { modelsOf, preferred, rowsOf, isValue, thresholdsOf, validationsOf, type RunContext, type Selection, type Validation } from '@consilium/charts';

/** A model on a set of patients that is shown with all its figures. */
export interface ShownModel extends Selection {
  /** `combined · held-out test rows` */
  readonly of: string;
  readonly label: string;
}

const lower = (label: string): string => label.charAt(0).toLowerCase() + label.slice(1);

/** A validation's words after a model's name. */
export const ofModel = (model: string, { label }: Pick<Validation, 'label'>): string => `${model} · ${lower(label)}`;

/** The validations that figures are drawn of: those of patients the models have not seen, or the first one where there is none. */
export function shownValidations(context: RunContext): readonly Validation[] {
  const all = validationsOf(context).filter(({ id }) => isValue(rowsOf(context, id)) && modelsOf(context, id).length > 0);
  const honest = all.filter(({ apparent }) => !apparent);
  return honest.length > 0 ? honest : all.slice(0, 1);
}

/**
 * Models with all their figures: the one whose pooled figure is the first the run has, and the last of the plan on each validation, which combines the
 * others. All models stand in the tables.
 */
export function shownModels(context: RunContext): readonly ShownModel[] {
  const first = preferred(context);
  return shownValidations(context).flatMap((validation) => {
    const models = modelsOf(context, validation.id);
    const wanted = [first?.model, models.at(-1)].filter((name): name is string => name !== undefined && models.includes(name));
    return [...new Set(wanted)].map((model) => ({ model, validation: validation.id, of: ofModel(model, validation), label: validation.label }));
  });
}

/** Thresholds that a validation has counts at: of hospitals left out, the fixed ones only. */
export function shownThresholds(context: RunContext, { model, validation }: Selection): readonly number[] {
  const rows = rowsOf(context, validation);
  const known = isValue(rows) ? rows.sites.flatMap(({ models }) => models.filter((one) => one.model === model).flatMap(({ confusion }) => confusion.map(({ threshold }) => threshold))) : [];
  return thresholdsOf(context, model).map(({ value }) => value).filter((value) => known.some((one) => Math.abs(one - value) < 1e-9));
}

export const firstThreshold = (context: RunContext, model: string): number => thresholdsOf(context, model)[0]?.value ?? 0.5;
