import { disclosureLimits, type Federation, federatedSiteDiscrimination, federatedSiteSummary, siteCounts, type ViewSpec } from '@consilium/federation';
import { chiSquaredTest } from '@consilium/statistics';
import type { AnalysisPlan } from '../plan/plan-schema.js';
import { Dependent } from './dependent.js';
import { figureOf } from './figure-of.js';
import { type Figure, isSuppressed, type StageResults, suppressed } from './run-results.js';
import type { TrainedModels } from './trained-models.js';
import { foldsOf, rowsOf, sitesOf, viewOf } from './views.js';

/** Features shown before and after; more would be a table nobody reads. */
const MOST_SHOWN = 50;
/** Below this the event rate and the site are called associated. */
const ALPHA = 0.05;

/**
 * What the harmonisation did: where each site's features lay before and after, how much of them the site explains, how well they tell the site. And whether the
 * event rate differs between sites, since then harmonisation takes away signal with the site.
 */
export async function harmoniseStage(federation: Federation, plan: AnalysisPlan, training: TrainedModels): Promise<StageResults> {
  const fitted = training.harmonisation;
  if (fitted === null) throw new Dependent('no-harmonisation', 'The features could not be harmonised.');
  const { artefact, digest, patients, constant } = fitted.combat;
  const selection = training.selection;
  const chosen = selection === null || isSuppressed(selection) ? artefact.features : selection.selected.filter((name) => artefact.features.includes(name));
  const features = chosen.slice(0, MOST_SHOWN);
  const view = viewOf(plan, { rows: rowsOf(plan, 'training').conditions, features, fill: training.missing?.fill, harmonise: fitted.spec });
  const { harmonise: _, ...before } = view;
  const differences = await siteDifferences(federation, plan, { before, after: view });
  const { covariates, batch, empiricalBayes, meanOnly, leastPatients } = artefact;
  return {
    method: 'combat',
    artefact: digest,
    patients,
    features: artefact.features.length,
    constant,
    covariates,
    batch,
    empiricalBayes,
    meanOnly,
    leastPatients,
    ...differences,
  };
}

/**
 * The same where every site z-scores its numbers by its own training rows: before, as they were measured, and after. Only patients without a missing value among the features shown, since what
 * stands for one is on the scale of one of the two.
 */
export async function ownScaleStage(federation: Federation, plan: AnalysisPlan, training: TrainedModels): Promise<StageResults> {
  const selection = training.selection;
  const features = (selection === null || isSuppressed(selection) ? (plan.features?.columns ?? []) : selection.selected).slice(0, MOST_SHOWN);
  const parts = { rows: rowsOf(plan, 'training').conditions, features };
  const views = { before: viewOf({ ...plan, ownSiteScale: false }, parts), after: viewOf(plan, parts) };
  return { method: 'own-site-scale', features: features.length, ...(await siteDifferences(federation, plan, views)) };
}

/** Of the features of two views: their means and spread at each site, how much of them the site explains, how well they tell it. And whether event rates differ. */
async function siteDifferences(federation: Federation, plan: AnalysisPlan, { before, after }: { readonly before: ViewSpec; readonly after: ViewSpec }): Promise<StageResults> {
  const { minimumCell } = disclosureLimits[plan.disclosure];
  const folds = foldsOf(plan);
  const views = after.features.length === 0 ? [] : [before, after];
  const all = await sitesOf(federation, rowsOf(plan, 'training')).inParallel<unknown>([
    (branch) => eventRates(branch, plan),
    ...views.map((one) => (branch: Federation) => figureOf(() => federatedSiteSummary(branch, one))),
    ...views.map((one) => (branch: Federation) => figureOf(() => federatedSiteDiscrimination(branch, folds === undefined ? one : { ...one, folds }, minimumCell))),
  ]);
  const [rates, ...rest] = all as [StageResults, ...unknown[]];
  return { before: rest[0] ?? null, after: rest[1] ?? null, siteDiscrimination: { before: rest[2] ?? null, after: rest[3] ?? null }, eventRates: rates };
}

/** Whether the event rate differs between the sites that show their counts. */
async function eventRates(federation: Federation, plan: AnalysisPlan): Promise<StageResults> {
  const view = viewOf(plan, { rows: rowsOf(plan, 'training').conditions, features: [], folds: false });
  const answers = await federation.gather(siteCounts, { view, parameters: { columns: [] } });
  const shown = answers.flatMap((answer): [number, number][] => {
    if (!('answer' in answer)) return [];
    const { events, nonEvents } = answer.answer;
    return typeof events === 'number' && typeof nonEvents === 'number' ? [[nonEvents, events]] : [];
  });
  const test: Figure<ReturnType<typeof chiSquaredTest>> = shown.length < 2 ? suppressed('minimum-cell', 'Fewer than two sites show their event rates.') : chiSquaredTest(shown);
  const p = test === null || isSuppressed(test) ? null : test.p;
  const warning = p !== null && p < ALPHA ? 'The event rate differs between sites. Harmonisation takes away part of the signal together with the site.' : null;
  return { sites: shown.length, test, warning };
}
