import type { Figure } from '../figure.js';
import { nomogramFigure, type NomogramInput, type NomogramModel } from '../figures/nomogram.js';
import { list, plural } from '../numbers.js';
import { inputRanges } from './further-figures.js';
import { isIndicator } from './indicator.js';
import type { TrainedModel } from './results-file.js';
import { factsOf, trainedModels, type RunContext } from './run-context.js';

export type FoundNomogram = { readonly figure: Figure; readonly model: NomogramModel } | { readonly absent: string };

/**
 * A nomogram from the coefficients of a logistic model, with the ranges of its inputs: the two values of a column of 0 and 1, the percentiles the run has, else
 * means ± 2 standard deviations of the training patients where the run describes the input, 0 to 1 for predictions.
 */
export function nomogramOf(context: RunContext, name: string): FoundNomogram {
  const trained = trainedModels(context).find((one) => one.name === name);
  if (trained === undefined || !trained.coefficients) return { absent: 'This model has no coefficients, so it has no nomogram.' };
  if (trained.coefficients.length > 13) return { absent: `A nomogram of ${plural(trained.coefficients.length - 1, 'input')} cannot be read; the coefficients are below.` };
  const measured = inputRanges(context, name);
  const ranges = measured.size > 0 ? measured : rangesOf(context);
  const inputs: NomogramInput[] = [];
  for (const [group, members] of grouped(trained.coefficients.filter(({ name: input }) => input !== '(Intercept)'))) {
    if (members.some(({ level }) => level !== null)) inputs.push({ kind: 'levels', name: group, label: group, levels: [{ level: 'reference', coefficient: 0 }, ...members.map(({ level, estimate }) => ({ level: level!, coefficient: estimate }))] });
    else if (isIndicator(describedNumber(context, group))) inputs.push({ kind: 'levels', name: group, label: group, levels: [{ level: '0', coefficient: 0 }, { level: '1', coefficient: members[0]!.estimate }] });
    else {
      const range = [ranges.get(group), ranges === measured ? rangesOf(context).get(group) : undefined].find((one) => one !== undefined && one.to > one.from) ?? (trainedModels(context).some((one) => one.name === group) ? { from: 0, to: 1 } : null);
      if (range === null) return { absent: `The run does not describe the range of ${group}, so no nomogram is drawn. The coefficients are below.` };
      inputs.push({ kind: 'number', name: group, label: group, coefficient: members[0]!.estimate, ...range });
    }
  }
  const model = { intercept: trained.coefficients.find(({ name: input }) => input === '(Intercept)')?.estimate ?? 0, inputs, ...covarianceOf(trained) };
  const facts = factsOf(context, { sites: context.results.sites.length, patients: trained.n ?? null, events: trained.events ?? null, suppressed: 0, model: name });
  const answer = `${name} reads ${plural(inputs.length, 'input')}: ${list(inputs.map(({ label }) => label))}.`;
  return { figure: nomogramFigure({ model, outcome: context.results.plan.title, ranges: measured.size > 0 ? '1st to 99th percentiles' : 'rounded means ± 2 standard deviations', answer, facts }), model };
}

const covarianceOf = ({ coefficients, covariance }: TrainedModel): Pick<NomogramModel, 'covariance'> =>
  coefficients && covariance ? { covariance: { names: coefficients.map(({ name }) => name), rows: covariance } } : {};

interface Member {
  readonly level: string | null;
  readonly estimate: number;
}

/** Indicators `column=level` of one column stand together. */
function grouped(coefficients: readonly { readonly name: string; readonly estimate: number }[]): ReadonlyMap<string, readonly Member[]> {
  const groups = new Map<string, Member[]>();
  for (const { name, estimate } of coefficients) {
    const at = name.lastIndexOf('=');
    const [group, level] = at > 0 ? [name.slice(0, at), name.slice(at + 1)] : [name, null];
    groups.set(group, [...(groups.get(group) ?? []), { level, estimate }]);
  }
  return groups;
}

function describedNumber({ results }: RunContext, column: string) {
  const { describe } = results.stages;
  const training = describe && 'cohort' in describe ? describe.cohort['training'] : undefined;
  return training !== undefined && 'numbers' in training ? training.numbers.find((one) => one.column === column)?.all : undefined;
}

function rangesOf(context: RunContext): ReadonlyMap<string, { readonly from: number; readonly to: number }> {
  const { describe } = context.results.stages;
  const training = describe && 'cohort' in describe ? describe.cohort['training'] : undefined;
  if (training === undefined || !('numbers' in training)) return new Map();
  return new Map(
    training.numbers.flatMap(({ column, all }): [string, { from: number; to: number }][] => {
      if (!all || all.mean === null || all.sd === null || !(all.sd > 0)) return [];
      const unit = 10 ** Math.floor(Math.log10(all.sd));
      return [[column, { from: Math.floor((all.mean - 2 * all.sd) / unit) * unit, to: Math.ceil((all.mean + 2 * all.sd) / unit) * unit }]];
    }),
  );
}
