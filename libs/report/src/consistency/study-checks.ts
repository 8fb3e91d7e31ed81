import { describedOf, isValue, selectionsOf, trainedModels, type RunContext } from '@consilium/charts';
import { contextOf, type ReportSource } from '../report-source.js';
import { Comparison, near, shown, type Check } from './check.js';
import { validations } from './places.js';

/** Cohort, selection, models, and whether plan, results and evidence belong together. */
export function studyChecks(source: ReportSource): Check[] {
  const context = contextOf(source);
  return [cohort(context), selection(context), coefficients(source), seenPatients(context), provenance(source)];
}

interface TableGroup {
  readonly n: number;
  readonly mean: number | null;
}

function cohort(context: RunContext): Check {
  const check = new Comparison('cohort', 'Counts of the cohort add up over hospitals and over outcomes');
  for (const [part, own] of Object.entries(describedOf(context)?.cohort ?? {})) {
    if (!isValue(own)) continue;
    const where = `${part} rows`;
    const sums = (key: 'patients' | 'events'): number | null => (own.sites.every((site) => site.suppressed === undefined && isValue(site[key])) ? own.sites.reduce((sum, site) => sum + (site[key] as number), 0) : null);
    for (const key of ['patients', 'events'] as const) {
      const sum = sums(key);
      const total = own[key];
      if (sum !== null && isValue(total)) check.same(where, [`the number of ${key}`, total], ['the sum over hospitals', sum]);
    }
    for (const { column, all, events, nonEvents } of own.numbers) {
      if (!all || !events || !nonEvents) continue;
      check.same(`${where}, ${column}`, ['the number of values', all.n], ['the sum over outcomes', events.n + nonEvents.n]);
      const mean = weighted(events, nonEvents);
      if (all.mean !== null && mean !== null) check.same(`${where}, ${column}`, ['the mean', all.mean], ['the mean of both outcomes together', mean]);
    }
  }
  return check.result();
}

const weighted = (a: TableGroup, b: TableGroup): number | null => (a.n + b.n === 0 || (a.mean === null && a.n > 0) || (b.mean === null && b.n > 0) ? null : (a.n * (a.mean ?? 0) + b.n * (b.mean ?? 0)) / (a.n + b.n));

function selection(context: RunContext): Check {
  const check = new Comparison('selection', 'A selection never grows, and what it counts is what it lists');
  for (const { part, selection: own } of selectionsOf(context)) {
    if (!isValue(own) || own.selected === null || own.candidates === undefined) continue;
    const where = part === '' ? 'selection' : `selection of ${part}`;
    const steps = [own.candidates, own.agreement?.kept, own.test?.kept, own.correlation?.kept, own.selected.length].filter((count) => count !== undefined);
    check.holds(steps.every((count, i) => i === 0 || count <= steps[i - 1]!), () => `${where}: the number of features grows from step to step (${steps.join(', ')}).`);
    check.holds(new Set(own.selected).size === own.selected.length, () => `${where}: a feature is selected twice.`);
    const listed = (own.correlation as { readonly features?: readonly string[] } | null | undefined)?.features;
    if (listed) check.same(where, ['the number of features after the correlation filter', own.correlation!.kept], ['the length of its list', listed.length]);
    if (!own.lasso || own.stepwise) continue;
    const chosen = own.lasso.choose === '1se' ? own.lasso.lambda1se : own.lasso.lambdaMin;
    const point = own.lasso.path.find(({ lambda }) => near(lambda, chosen, 1e-12));
    if (typeof point?.coefficients === 'number') check.same(where, ['the number of selected features', own.selected.length], ['the number of coefficients at the chosen penalty', point.coefficients]);
    const least = own.lasso.path.reduce((best, one) => (one.meanError < best.meanError ? one : best));
    check.same(where, ['the penalty of least error', own.lasso.lambdaMin], ['the lowest point of the curve', least.lambda]);
  }
  return check.result();
}

interface Artefact {
  readonly kind?: string;
  readonly features?: readonly string[];
}

function coefficients(source: ReportSource): Check {
  const check = new Comparison('models', 'Odds ratios are exponentials of coefficients; models read what the plan gives them');
  const { select } = source.results.stages;
  for (const { name, coefficients: own, artefact } of trainedModels(contextOf(source))) {
    for (const { name: input, estimate, oddsRatio, oddsRatioLow, oddsRatioHigh } of own ?? []) {
      if (typeof oddsRatio !== 'number' || oddsRatio <= 0) continue;
      check.same(`${name}, ${input}`, ['the logarithm of the odds ratio', Math.log(oddsRatio)], ['the coefficient', estimate]);
      if (typeof oddsRatioLow === 'number' && typeof oddsRatioHigh === 'number') check.holds(oddsRatioLow <= oddsRatio && oddsRatio <= oddsRatioHigh, () => `${name}, ${input}: the odds ratio ${shown(oddsRatio)} lies outside its interval.`);
    }
    const model = artefact?.model as Artefact | undefined;
    if (own && model?.kind === 'logistic' && model.features) check.same(name, ['the number of coefficients', own.length], ['inputs of the model and the intercept', model.features.length + 1]);
    const inputs = source.plan?.models.find((one) => one.name === name)?.inputs;
    if (inputs?.length === 1 && inputs[0] === 'selected' && isValue(select) && select.selected && model?.features) check.holds(same(model.features, select.selected), () => `${name}: the model reads other features than the selection kept.`);
  }
  return check.result();
}

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((one) => b.includes(one));

function seenPatients(context: RunContext): Check {
  const check = new Comparison('apparent', 'Figures on patients that models have seen are marked as apparent');
  for (const { id, name, rows } of validations(context)) {
    if (id === 'leave-one-site-out') continue;
    check.holds((rows.apparent === true) === (id !== 'test'), () => `${name}: ${rows.apparent === true ? 'marked as apparent, but they were held out' : 'not marked as apparent, but models have seen these patients'}.`);
  }
  return check.result();
}

function provenance({ results, resultsDigest, plan, record }: ReportSource): Check {
  const check = new Comparison('provenance', 'Plan, results and the evidence of the run belong together');
  if (plan !== null) {
    const { title, version, study } = results.plan;
    check.holds(plan.title === title && plan.version === version && plan.study === study, () => `The plan is ${plan.study} version ${plan.version}, the results are of ${study} version ${version}.`);
    check.holds(plan.disclosure === results.disclosure, () => `The plan has the disclosure profile ${plan.disclosure}, the results ${results.disclosure}.`);
    check.holds(results.sites.every((site) => plan.sites.includes(site)), () => 'The results have hospitals that the plan does not name.');
  }
  if (record !== null) {
    check.holds(record.plan === results.plan.digest, () => 'The evidence is of a run of another plan.');
    check.holds(record.results === resultsDigest, () => 'The evidence names other results than these.');
    const last = record.siteSets.at(-1)?.sites;
    if (last) check.holds(same(last, results.sites), () => `The run ended with ${last.length} hospitals, the results have ${results.sites.length}.`);
  }
  return check.result();
}
