import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inProcessFederation } from '@consilium/federation/in-process';
import { executePlan, type AnalysisPlan, type ParsedPlan, readPlan, serialiseResults } from '@consilium/study';
import { parseDictionary, parseTable, splitBySite, type Table } from '@consilium/tables';
import { describe, expect, it } from 'vitest';
import { forbiddenFigures } from './forbidden-figures.js';
import { sarcomaPlan, sarcomaTables } from './sarcoma-patients.js';
import type { Json } from './reference.js';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const heart = `${process.env['CONSILIUM_DATA'] ?? path('../shared/data')}/heart-disease/flamby_split.csv`;

async function planOf(name: string): Promise<AnalysisPlan> {
  const { plan } = (await readPlan(path(`examples/${name}.yaml`))) as ParsedPlan;
  // Thresholds from training rows repeat the selection 55 times and change no rule.
  const subgroups = [...(name === 'heart' ? [] : [{ column: 'stage', values: ['II', 'III', 'IVA'], cuts: null }]), { column: 'sex', values: [0, 1], cuts: null }];
  return { ...plan, evaluate: { ...plan.evaluate, thresholds: [{ kind: 'fixed', value: 0.5 }], subgroups } };
}

function tablesOf(plan: AnalysisPlan, file: string, siteColumn: string): Map<string, Table> {
  const parsed = parseDictionary(plan.dictionary);
  if ('problems' in parsed) throw new Error('The dictionary has mistakes.');
  return splitBySite(parseTable(readFileSync(file), { dictionary: parsed.dictionary, siteColumn }).table, siteColumn);
}

async function resultsOf(plan: AnalysisPlan, tables: ReadonlyMap<string, Table>, profile: 'open-data' | 'standard'): Promise<Json> {
  return JSON.parse(serialiseResults(await executePlan(inProcessFederation({ tables, profile }), { ...plan, disclosure: profile })));
}

/** Where a figure is suppressed, and by which rule. Items of lists go by their name where they have one. */
function suppressedFigures(tree: Json, at = ''): Map<string, string> {
  if (typeof tree !== 'object' || tree === null) return new Map();
  if (tree.suppressed !== undefined) return new Map([[at, tree.suppressed.rule as string]]);
  const nameOf = (item: Json, key: string): string => (Array.isArray(tree) ? String(item?.site ?? item?.model ?? item?.column ?? item?.name ?? item?.feature ?? key) : key);
  return new Map(Object.entries(tree as object).flatMap(([key, item]) => [...suppressedFigures(item, `${at}/${nameOf(item, key)}`)]));
}

describe.each([
  ['wdbc', path('test/oracle/data/wdbc.csv'), 'site'],
  ['radsyn', path('test/oracle/data/radsyn.csv'), 'site'],
  ['heart', heart, 'center_name'],
])('the plan %s', (name, file, siteColumn) => {
  it.skipIf(!existsSync(file))('under standard ends with exactly the figures suppressed that the rules forbid, by counts of the table', async () => {
    const plan = await planOf(name);
    const tables = tablesOf(plan, file, siteColumn);
    const results = await resultsOf(plan, tables, 'standard');
    const found = [...suppressedFigures(results.stages)].map(([figure, rule]) => `${figure} ${rule}`).sort();
    expect(found).toEqual(forbiddenFigures(plan, tables, results).sort());
    expect(found.length).toBeGreaterThan(10);
  });

  it.skipIf(!existsSync(file))('under open-data suppresses nothing', async () => {
    const plan = await planOf(name);
    expect([...suppressedFigures((await resultsOf(plan, tablesOf(plan, file, siteColumn), 'open-data')).stages)]).toEqual([]);
  });
});

const sarcoma = `${process.env['CONSILIUM_DATA'] ?? path('../shared/data')}/sts`;

describe.skipIf(!existsSync(`${sarcoma}/sites.csv`))('the sarcoma study under standard', () => {
  it('with the hospitals as they are, each of fewer than 20 patients, ends with every figure suppressed by that rule, or since it has no model; under open-data none is', async () => {
    const tables = await sarcomaTables(sarcoma, (site) => site);
    const plan = sarcomaPlan(tables);
    expect([...tables.values()].every(({ pseudonyms }) => pseudonyms.length < 20)).toBe(true);
    const results = await resultsOf(plan, tables, 'standard');
    const found = suppressedFigures(results.stages);
    expect([...new Set(found.values())].sort()).toEqual(['minimum-patients', 'no-model']);
    expect(found.get('/evaluate/rows/training')).toBe('no-model');
    for (const figure of ['/describe/cohort/training/patients', '/describe/univariate/age', '/train/models/radiomics', '/train/models/clinical']) expect([figure, found.get(figure)]).toEqual([figure, 'minimum-patients']);
    expect([...suppressedFigures((await resultsOf(plan, tables, 'open-data')).stages)]).toEqual([]);
  });

  it('with the same patients at two hospitals that are large enough loses exactly the figures that the rules forbid, by counts of the tables', async () => {
    const tables = await sarcomaTables(sarcoma, (_, at) => (at % 2 === 0 ? 'east' : 'west'));
    const plan = sarcomaPlan(tables);
    const results = await resultsOf(plan, tables, 'standard');
    const found = [...suppressedFigures(results.stages)].map(([figure, rule]) => `${figure} ${rule}`).sort();
    expect(found).toEqual(forbiddenFigures(plan, tables, results).sort());
    expect(found.length).toBeGreaterThan(3);
    // What they may have, they have.
    expect(results.stages.train.models.map((model: Json) => model.artefact !== undefined)).toEqual([true, true]);
    expect(results.stages.evaluate.rows.training.pooled.models[0].auc.auc).toBeGreaterThan(0.5);
    expect(results.stages.evaluate.rows.training.sites.map((site: Json) => typeof site.models[0].auc.auc)).toEqual(['number', 'number']);
  });
});
