import { disclosureLimits, type Federation, federatedSiteDiscrimination, federatedSiteSummary, siteCounts } from '@consilium/federation';
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
  const rows = rowsOf(plan, 'training');
  const view = viewOf(plan, { rows: rows.conditions, features, fill: training.missing?.fill, harmonise: fitted.spec });
  const { harmonise: _, ...before } = view;
  const { minimumCell } = disclosureLimits[plan.disclosure];
  const sites = sitesOf(federation, rows);
  const views = features.length === 0 ? [] : [before, view];
  const all = await sites.inParallel<unknown>([
    (branch) => eventRates(branch, plan),
    ...views.map((one) => (branch: Federation) => figureOf(() => federatedSiteSummary(branch, one))),
    ...views.map((one) => (branch: Federation) => figureOf(() => federatedSiteDiscrimination(branch, foldsOf(plan) === undefined ? one : { ...one, folds: foldsOf(plan)! }, minimumCell))),
  ]);
  const [rates, ...rest] = all as [StageResults, ...unknown[]];
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
    before: rest[0] ?? null,
    after: rest[1] ?? null,
    siteDiscrimination: { before: rest[2] ?? null, after: rest[3] ?? null },
    eventRates: rates,
  };
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
