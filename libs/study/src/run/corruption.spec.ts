import { extractFeatures, type ExtractionAnswer, type ExtractionParameters, LANDMARKS, landmarkTotals, type LandmarkParameters, type LandmarkTotals } from '@consilium/federation';
import { inProcessFederation } from '@consilium/federation/in-process';
import { extractionResult, findSiteStep, type SiteStep, type SiteTable } from '@consilium/federation/site';
import { modelValue } from '@consilium/learning';
import { SeededRandom } from '@consilium/numerics';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../canonical-json.js';
import { federationOf, madeHospitals, planHead, planOf, wreck, type Row } from '../fixtures/made-studies.js';
import type { AnalysisPlan } from '../plan/plan-schema.js';
import { extractStage } from './extract-stage.js';
import { isSuppressed } from './run-results.js';
import { chooseThresholds } from './thresholds.js';
import { Training } from './training.js';
import { rowsOf } from './views.js';

/** Results are read as loose trees: a wrong path fails the comparison. */
type Json = any;

const FOLDS = 3;
const features = ['x1', 'x2', 'n1', 'n2'];

/** Hospitals on scales of their own, a value missing here and there in training rows outside fold 1. */
const hospitals = (edit: (row: Row, i: number) => void): Map<string, SiteTable> =>
  madeHospitals({
    seed: 'corruption', patients: [66, 72, 78],
    row: (random, s, i) => {
      const row: Row = Object.fromEntries(features.map((name) => [name, (1 + 0.3 * s) * random.normal() + s]));
      const eta = 1.5 * (row['x1']! - s) - (row['x2']! - s);
      Object.assign(row, { age: 60 + 9 * random.normal(), fold: i % FOLDS, test: i % 4 === 0 ? 1 : 0, y: random.uniform() < 1 / (1 + Math.exp(-eta)) ? 1 : 0 });
      if (i % 11 === 3 && row['fold'] !== 1 && row['test'] === 0) row['x1'] = NaN;
      return row;
    },
  }, (row, _, i) => edit(row, i));

const wreckRow = (row: Row, i: number): void => wreck(row, [...features, 'age'], i);

/** Every kind of model, each with something to choose where it chooses. */
const MODELS = `models:
  - { name: plain, inputs: [features, clinical] }
  - { name: strata, inputs: [features], sites: intercepts }
  - { name: chosen, inputs: [selected], penalty: { kind: l2-cross-validated, C: [0.1, 10] } }
  - { name: net, inputs: [features], penalty: { kind: elastic-net, mixing: 0.5, lambda: { count: 4, ratio: 0.1 } } }
  - { name: firth, inputs: [features], penalty: { kind: firth } }
  - { name: svm, inputs: [features], kind: linear-svm, C: [0.01, 1] }
  - { name: kernel, inputs: [features], kind: rbf-svm, C: [1], components: 10 }
  - { name: forest, inputs: [features], kind: random-forest, grid: [{ trees: 4, depth: 2 }, { trees: 4, depth: 1 }] }
  - { name: extra, inputs: [features], kind: extra-trees, grid: [{ trees: 4, depth: 2 }] }
  - { name: boosted, inputs: [features], kind: boosting, grid: [{ trees: 4, depth: 2 }, { growth: leaf-wise, trees: 4, leaves: 3 }], patience: 2 }
  - { name: merged, inputs: [features], kind: merged-trees, grow: { kind: random-forest, settings: { trees: 4, depth: 2 } } }
  - { name: merged-boosting, inputs: [features], kind: merged-trees, grow: { kind: boosting, settings: { trees: 4, depth: 2 } }, weights: auc-elsewhere }
  - { name: fused, kind: late-fusion, inputs: [{ prediction: boosted }, { prediction: svm }] }
  - { name: combined, inputs: [{ prediction: plain }, { columns: [n1] }] }
`;

const corruptionPlan = (more: string): AnalysisPlan => planOf(`${planHead('corruption', features, FOLDS)}missing: { features: mean }
select: { test: { kind: student, alpha: 0.5 }, lasso: { lambda: { count: 6, min: 0.01 } } }
${more}`);

/** Everything that is fitted and chosen without some folds: selection, imputation, harmonisation, all models; the thresholds too where no fold is left out. */
async function chosenOn(tables: ReadonlyMap<string, SiteTable>, plan: AnalysisPlan, without: readonly string[]): Promise<string[]> {
  const federation = federationOf(tables);
  const models = plan.models.map(({ name }) => name);
  const training = await Training.run(federation, plan, { rows: rowsOf(plan, 'training'), models, crossFitted: true });
  const thresholds = without.includes('') ? await chooseThresholds(federation, plan, training, models) : null;
  const { fits, scopes, selections } = training as Json;
  return without.map((key) => {
    const fitted = models.map((name) => {
      const fit = fits.get(`${name}/${key}`);
      return isSuppressed(fit) ? [name, fit] : [name, fit.results, modelValue(fit.artefact)];
    });
    const { missing, harmonisation } = scopes.get(key);
    return canonicalJson([selections.get(key), missing, harmonisation?.spec ?? null, fitted, key === '' ? thresholds : null]);
  });
}

const THRESHOLDS = 'evaluate: { thresholds: [{ kind: youden }] }\n';
const HELD = '1';
const everyKind = corruptionPlan(`${MODELS}harmonise: { method: combat }\n${THRESHOLDS}`);
let untouched: Promise<string[]> | undefined;
/** Of patients as they are, once for both tests of every kind. */
const clean = () => (untouched ??= chosenOn(hospitals(() => undefined), everyKind, [HELD, '']));

describe('outcomes and features of rows that a training does not have', () => {
  it('change no bit of any kind of model, nor of selection, imputation, harmonisation, tuning and thresholds, when test rows are corrupted', async () => {
    const found = await clean();
    expect(found.join()).not.toContain('"suppressed"');
    expect(await chosenOn(hospitals((row, i) => void (row['test'] === 1 && wreckRow(row, i))), everyKind, [HELD, ''])).toEqual(found);
  });

  it('change no bit of any kind of model fitted without a fold, when the rows of the fold are corrupted, and all of what is fitted with them', async () => {
    const [without, whole] = await chosenOn(hospitals((row, i) => void (String(row['fold']) === HELD && wreckRow(row, i))), everyKind, [HELD, '']);
    expect(without).toBe((await clean())[0]);
    expect(whole).not.toBe((await clean())[1]);
  });

  it('change no bit where every site has a scale of its own, made of its training rows', async () => {
    const own = corruptionPlan(`models: [{ name: plain, inputs: [features, clinical] }, { name: strata, inputs: [selected], sites: intercepts }]\nownSiteScale: true\n${THRESHOLDS}`);
    const [found] = await chosenOn(hospitals(() => undefined), own, ['']);
    expect(found).not.toContain('"suppressed"');
    expect(await chosenOn(hospitals((row, i) => void (row['test'] === 1 && wreckRow(row, i))), own, [''])).toEqual([found]);
  });

  it('change no bit of the scale that intensities are brought to, when the images of test patients are other ones', async () => {
    const plan = planOf(`${planHead('scale', ['x'], FOLDS).replace(/^features: .*$/m, 'features: { sequences: [MR] }')}extract: { sequences: [{ sequence: MR, intensity: nyul, settings: "setting:\\n  binWidth: 5\\n" }] }
models: [{ name: plain, inputs: [clinical] }]
`);
    const tables = hospitals(() => undefined);
    const patients = [...tables.values()].flatMap(({ pseudonyms, columns }) => {
      const test = columns.get('test') as { readonly values: Float64Array };
      return pseudonyms.map((patient, i) => ({ patient, test: test.values[i] === 1 }));
    });
    const imagesOf = (seed: string) => (patient: string): number[] => {
      const random = SeededRandom.fromSeed(`${seed} ${patient}`);
      return [0, ...Array.from({ length: LANDMARKS - 2 }, () => 100 * random.uniform()).sort((a, b) => a - b), 100];
    };
    const scaleOf = async (changed: (one: { readonly test: boolean }) => boolean) => {
      const images = new Map(patients.map((one) => [one.patient, imagesOf(changed(one) ? 'other' : 'own')(one.patient)]));
      const { results } = await extractStage(imagingFederation(tables, images), plan, plan.extract!);
      return results['intensityScale'] as { readonly digest: string };
    };
    const own = await scaleOf(() => false);
    expect(own.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(await scaleOf(({ test }) => test)).toEqual(own);
    expect((await scaleOf(({ test }) => !test)).digest).not.toBe(own.digest);
  });
});

/** Sites whose images are known by their landmarks alone. */
function imagingFederation(tables: ReadonlyMap<string, SiteTable>, images: ReadonlyMap<string, readonly number[]>) {
  const landmarks: SiteStep<LandmarkParameters, LandmarkTotals> = {
    step: landmarkTotals,
    compute: ({ n, pseudonyms }) => ({ contribution: { n: Float64Array.of(n), totals: Float64Array.from({ length: LANDMARKS }, (_, k) => pseudonyms.reduce((sum, patient) => sum + images.get(patient)![k]!, 0)) }, basis: { patients: n } }),
  };
  const features: SiteStep<ExtractionParameters, ExtractionAnswer> = {
    step: extractFeatures,
    compute: ({ n }, { sequences }) => extractionResult(sequences.map(({ sequence, digest }) => ({ sequence, digest, names: ['mean'], patients: n, refused: new Map(), fewGreyLevels: 0, levelsCounted: n }))),
  };
  const halves = [landmarks, features] as unknown as SiteStep[];
  return inProcessFederation({ tables, profile: 'open-data', findStep: (name, version) => halves.find(({ step }) => step.name === name) ?? findSiteStep(name, version) });
}
