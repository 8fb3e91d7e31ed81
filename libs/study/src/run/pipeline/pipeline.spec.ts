import type { SiteTable } from '@consilium/federation/site';
import { modelValue } from '@consilium/learning';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../canonical-json.js';
import { modelOfResults } from '../../model-file/model-of-results.js';
import { canonicalPlan } from '../../plan/canonical-plan.js';
import { federationOf, madeHospitals, planHead, planOf, wreck, type Row } from '../../fixtures/made-studies.js';
import { leaveOneSiteOutRounds } from '../../fixtures/leave-one-site-out-rounds.js';
import { radsyn, radsynFeatures, radsynPlan } from '../../fixtures/radsyn-study.js';
import { executePlan } from '../execute-plan.js';
import { isSuppressed, serialiseResults } from '../run-results.js';
import { chooseThresholds } from '../thresholds.js';
import { rowsOf } from '../views.js';
import { PipelineScopes } from './pipeline-scopes.js';
import { PipelineTraining } from './pipeline-training.js';

/** Results are read as loose trees: a wrong path fails the comparison. */
type Json = any;

const FOLDS = 4;
const columns = ['T1', 'T1C', 'DWI'].flatMap((sequence) => [1, 2, 3, 4].map((j) => `${sequence}_${j}`));

/** The outcome depends on T1_1, T1_2, DWI_1, the volume and age; T1C is noise. */
const hospitals = (edit?: (row: Row, site: string, i: number) => void): Map<string, SiteTable> =>
  madeHospitals({
    seed: 'hospital', patients: [90, 110, 130],
    row: (random, _, i) => {
      const row: Row = Object.fromEntries([...columns, 'volume'].map((name) => [name, random.normal()]));
      Object.assign(row, { age: 60 + 10 * random.normal(), fold: i % FOLDS, test: random.uniform() < 0.2 ? 1 : 0 });
      const eta = 1.2 * row['T1_1']! - row['T1_2']! + row['DWI_1']! + 0.4 * row['volume']! + 0.06 * (row['age']! - 60);
      row['T1_3'] = row['T1_1']! + 0.1 * random.normal();
      row['y'] = random.uniform() < 1 / (1 + Math.exp(-eta)) ? 1 : 0;
      return row;
    },
  }, edit);

const base = `${planHead('three', columns, FOLDS)}pipeline:
  sequences: [T1, T1C, DWI]
  models: [{ kind: logistic, penalty: { kind: l2, C: 1 } }]
  volume: volume
  signature: [cross-fitted, in-sample]
`;

const run = async (text: string, tables = hospitals()): Promise<Json> => JSON.parse(JSON.stringify(await executePlan(federationOf(tables), planOf(text))));
let whole: Promise<Json> | undefined;
/** The plan as it is, once for all that read its results. */
const baseRun = (): Promise<Json> => (whole ??= run(base));
const named = (list: Json, name: string): Json => list.find((one: Json) => (one.model ?? one.name ?? one.sequence ?? one.feature) === name);

describe('a pipeline over sequences', () => {
  it('keeps the sequences that discriminate, fuses them, and reports every model beside the clinical one and the volume', async () => {
    const { pipeline, evaluate } = (await baseRun()).stages;
    expect(pipeline.sequences.map(({ sequence, kept }: Json) => [sequence, kept])).toEqual([['T1', true], ['T1C', false], ['DWI', true]]);
    expect(named(pipeline.sequences, 't1c').reason).toMatch(/^Nested cross-validated AUC 0\.\d+; its lower 98\.3 % bound is -?0\.\d+, not above 0\.5\.$/);
    const names = ['clinical-only', 'volume-only', 't1', 't1c', 'dwi', 'late-average', 'late-maximum', 'rad-signature', 'combined', 'combined-in-sample'];
    expect(pipeline.figures.models.map(({ model }: Json) => model)).toEqual(names);
    expect(evaluate.rows.test.sites[0].models.map(({ model }: Json) => model)).toEqual(names);
    const auc = (model: string) => named(pipeline.figures.models, model).crossValidated.auc;
    expect(auc('rad-signature')).toBeGreaterThan(0.75);
    expect(auc('combined')).toBeGreaterThan(auc('clinical-only'));
    expect(named(pipeline.models, 'late-average').artefact.model.models).toHaveLength(2);
    expect(named(pipeline.models, 'combined-in-sample').optimistic).toBe(true);
    expect(pipeline.clinical.stepwise).toMatchObject({ direction: 'both', selected: ['age'] });
  });

  it('traces the selection: of the two that say the same, one; and how each stands to the volume and how often it is selected', async () => {
    const { pipeline } = (await baseRun()).stages;
    const { selection } = named(pipeline.sequences, 't1');
    expect(selection.candidates).toBe(4);
    expect(selection.test.features.map(({ feature }: Json) => feature)).toEqual(['T1_1', 'T1_2', 'T1_3', 'T1_4']);
    expect(selection.correlation.features.filter((name: string) => name === 'T1_1' || name === 'T1_3')).toHaveLength(1);
    const gone = ['T1_1', 'T1_3'].find((name) => !selection.correlation.features.includes(name));
    expect(selection.correlation.dropped).toEqual([{ feature: gone, with: gone === 'T1_1' ? 'T1_3' : 'T1_1', r: expect.closeTo(0.99, 2) }]);
    const { selected } = pipeline.signature.selection;
    expect(selected).toEqual(expect.arrayContaining(['T1_2', 'DWI_1']));
    expect(pipeline.volume.features.map(({ feature }: Json) => feature)).toEqual(selected);
    for (const { r } of pipeline.volume.features) expect(Math.abs(r)).toBeLessThan(0.4);
    expect(named(pipeline.stability, 'DWI_1')).toEqual({ feature: 'DWI_1', selected: true, inSignature: 1, inSequence: 1 });
  });

  it('leaves a patient without a sequence out of its models, compares on common patients, and still predicts by late fusion', async () => {
    const lacking = hospitals((row, site, i) => {
      if (site === 'B' && i % 5 === 0) for (const name of columns.filter((one) => one.startsWith('DWI_'))) row[name] = NaN;
      if (site === 'A' && i === 2) row['DWI_1'] = NaN;
    });
    const results = await run(base, lacking);
    const { describe: described, pipeline } = results.stages;
    const patients = (name: string): number => named(pipeline.models, name).n;
    const without = [...lacking.get('B')!.columns.get('test')!.kind === 'number' ? (lacking.get('B')!.columns.get('test') as { values: Float64Array }).values : []].filter((test, i) => i % 5 === 0 && test === 0).length;
    expect(without).toBeGreaterThan(10);
    const counted = (part: string, sequence: string): number => named(described.sequences[part], sequence).sites.reduce((sum: number, site: Json) => sum + site.patients, 0);
    expect(counted('training', 'T1') - counted('training', 'DWI')).toBe(without);
    const atB = (sequence: string): Json => named(named(described.sequences.training, sequence).sites.map((one: Json) => ({ ...one, name: one.site })), 'B');
    expect(atB('T1').patients - atB('DWI').patients).toBe(without);
    expect(atB('DWI').events + atB('DWI').nonEvents).toBe(atB('DWI').patients);
    expect(patients('t1') - patients('dwi')).toBe(without);
    expect(patients('t1') - patients('rad-signature')).toBe(without);
    // The one value that patient lacks is filled with the mean of those who have the sequence; it drops no feature.
    const scopes = await PipelineScopes.open(federationOf(lacking), planOf(base), rowsOf(planOf(base), 'training'), [[]]);
    expect(Object.keys(scopes.filled([]).missing.fill)).toEqual(['DWI_1']);
    expect(pipeline.figures.patients).toBe(patients('dwi'));
    // A model file takes the value along, and its card what was selected.
    const filled = pipeline.missingValues.filled;
    expect(filled).toEqual([{ column: 'DWI_1', value: scopes.filled([]).missing.fill['DWI_1'] }]);
    const content = modelOfResults(serialiseResults(results), canonicalPlan(planOf(base)), 'combined') as Json;
    expect(content.inputs.fill).toEqual({ DWI_1: filled[0].value });
    expect(content.card.selection).toEqual(pipeline.signature.selection.selected);
  });

  it('is the prevalence where nothing is selected', async () => {
    const { pipeline } = (await run(base.replace('sequences: [T1, T1C, DWI]', 'sequences: [T1C]\n  select: { test: { alpha: 0.0000001 } }'))).stages;
    expect(named(pipeline.models, 't1c').artefact.model.features).toEqual([]);
    expect(named(pipeline.figures.models, 't1c').crossValidated.auc).toBe(0.5);
    expect(pipeline.sequences[0].reason).toMatch(/No sequence discriminates; the best of them stays\.$/);
  });

  it('repeats with folds dealt anew', async () => {
    const { pipeline } = (await run(base.replace(/folds: .*/, 'folds: { dealt: 4 }').replace('  volume: volume', '  volume: volume\n  repeats: 3'))).stages;
    const spread = named(pipeline.repeats.models, 'rad-signature');
    expect(new Set(spread.values).size).toBe(3);
    expect(spread.minimum).toBe(Math.min(...spread.values));
    expect(named(pipeline.stability, 'DWI_1').inSequence).toBe(1);
    expect(pipeline.stability.every(({ inSignature }: Json) => Number.isInteger(Math.round(inSignature * 12 * 1e9) / 1e9))).toBe(true);
  });
});

describe('rows that are left out', () => {
  // Imputer, ComBat, scaler, selection, tuning, thresholds and models: everything that is fitted or chosen.
  const everything = `${base.replace('penalty: { kind: l2, C: 1 }', 'penalty: { kind: l2-cross-validated, C: [0.1, 10] }')}harmonise: { method: combat }
evaluate: { thresholds: [{ kind: youden }] }
`;
  const gaps = (row: Row, i: number): void => void (i % 17 === 3 && row['fold'] !== 2 && row['test'] === 0 && (row['T1_1'] = NaN));

  const plan = planOf(everything);
  const HELD = 2;
  const fitted = async (edit: (row: Row, i: number) => void) => {
    const federation = federationOf(hospitals((row, _, i) => (gaps(row, i), edit(row, i))));
    const training = await PipelineTraining.run(federation, plan, rowsOf(plan, 'training'));
    return { training, thresholds: await chooseThresholds(federation, plan, training, training.names) };
  };
  let untouched: ReturnType<typeof fitted> | undefined;
  /** Of patients as they are, once for both tests. */
  const clean = () => (untouched ??= fitted(() => undefined));
  const wreckRow = (row: Row, i: number) => wreck(row, [...columns, 'volume', 'age'], i);

  /** All that is chosen and fitted without some folds; a pair with another fold beside it. */
  const said = (training: PipelineTraining, without: readonly number[]): string =>
    canonicalJson([
      training.choices(without),
      training.scopes.all(without),
      [...training.scopes.harmonisation(without)!.combat.artefact.mean],
      training.clinicalSelection(without),
      ...['T1', 'T1C', 'DWI'].flatMap((name) => [without, [0, ...without]].map((folds) => training.sequenceFits(name, folds).selection)),
      training.fusionFits(without).selection,
      ...training.names.map((name) => {
        const outcome = training.at(name, without);
        return isSuppressed(outcome) ? outcome : [outcome.results, modelValue(outcome.artefact)];
      }),
    ]);

  it('of the test change nothing that is fitted or chosen, by a bit', async () => {
    const { training, thresholds } = await clean();
    const corrupt = await fitted((row, i) => void (row['test'] === 1 && wreckRow(row, i)));
    expect(JSON.stringify(thresholds)).not.toContain('suppressed');
    expect(canonicalJson(corrupt.thresholds)).toBe(canonicalJson(thresholds));
    expect(said(corrupt.training, [])).toBe(said(training, []));
  });

  it('of a fold change nothing that is fitted or chosen without it, by a bit, and all of what is fitted with them', async () => {
    const { training } = await clean();
    const corrupt = await fitted((row, i) => void (row['fold'] === HELD && wreckRow(row, i)));
    expect(said(corrupt.training, [HELD])).toBe(said(training, [HELD]));
    expect(said(corrupt.training, [])).not.toBe(said(training, []));
  });
});

describe('on noise', () => {
  const sequences = ['ADC', 'T1'];
  const features = radsynFeatures(sequences).slice(0, 20);

  it('every nested figure averages one half: twenty permutations of the outcome, and the p-value of what is there is small', async () => {
    const { stages } = await run(radsynPlan(features, sequences, '  permute: 20\n'), radsyn(features));
    const { permutation } = stages.pipeline;
    expect(permutation.count).toBe(20);
    for (const model of ['adc', 't1', 'rad-signature', 'late-average', 'clinical-only', 'combined']) {
      const row = named(permutation.models, model);
      expect(row.values).toHaveLength(20);
      expect(row.mean, model).toBeGreaterThan(0.45);
      expect(row.mean, model).toBeLessThan(0.55);
      expect(row.sd, model).toBeGreaterThan(0.01);
    }
    expect(named(permutation.models, 'combined').p).toBeLessThan(0.06);
  }, 120_000);
});

describe('leaving one site out', () => {
  it('repeats the whole pipeline without each site, in as many rounds as the longest of the trainings and two', async () => {
    const sequences = ['ADC', 'T1'];
    const { results, together, alone } = await leaveOneSiteOutRounds(radsynFeatures(sequences).slice(0, 32), sequences);
    expect(together).toBeLessThanOrEqual(Math.max(...alone) + 2);
    const { sites, headline } = results as Json;
    expect(sites.map(({ site, choices }: Json) => [site, choices.signature.selected.length > 0])).toEqual(['A', 'B', 'C', 'D'].map((site) => [site, true]));
    expect(new Set(sites.map(({ choices }: Json) => choices.signature.selected.join())).size).toBeGreaterThan(1);
    expect(headline.map(({ model }: Json) => model)).toContain('combined');
  }, 60_000);
});
