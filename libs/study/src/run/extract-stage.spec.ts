import { extractFeatures, intensityColumns, intensityFigures, landmarkTotals, type ExtractionAnswer, type ExtractionParameters, type LandmarkParameters, type LandmarkTotals } from '@consilium/federation';
import { inProcessFederation } from '@consilium/federation/in-process';
import { extractionResult, findSiteStep, type SiteStep, type SiteTable } from '@consilium/federation/site';
import { SeededRandom } from '@consilium/numerics';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePlan } from '../plan/parse-plan.js';
import { problemSentence } from '../plan/plan-problem.js';
import { readPlan } from '../plan/read-plan.js';
import { mayRead } from '../plan/request-scope.js';
import { executePlan } from './execute-plan.js';
import { planColumns } from './views.js';

const yaml = (settings: string, more = '') => `consilium: 1
title: Features of two sequences
version: 1
study: images
sites: [A, B, C]
disclosure: open-data
seed: one
outcome: { column: y, type: binary }
extract:
  sequences:
    - sequence: MR
      settings: ${settings}
    - sequence: PET
      settings: |
        setting:
          binWidth: 0.5
features: { sequences: [MR, PET], except: ['PET:shape'] }
folds: { dealt: 4 }
select: { correlation: null, lasso: null }
models: [{ name: radiomics, inputs: [selected], penalty: { kind: l2, C: 1 } }]
evaluate: { thresholds: [{ kind: fixed, value: 0.5 }] }
${more}`;

const planOf = (text: string) => {
  const parsed = parsePlan(text);
  if ('problems' in parsed) throw new Error(parsed.problems.map(problemSentence).join('\n'));
  return parsed;
};
const inlined = yaml('"setting:\\n  binWidth: 25\\n"');

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'plan-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a plan that extracts', () => {
  it('takes the text of the parameter files it names, which its digest covers', async () => {
    await writeFile(join(folder, 'plan.yaml'), yaml('mr.yaml'));
    await writeFile(join(folder, 'mr.yaml'), 'setting:\r\n  binWidth: 25\r\n');
    const read = await readPlan(join(folder, 'plan.yaml'));
    if ('problems' in read) throw new Error(read.problems.map(problemSentence).join('\n'));
    expect(read.plan.extract!.sequences[0]).toEqual({ sequence: 'MR', settings: 'setting:\n  binWidth: 25\n' });
    expect(read.digest).toBe(planOf(inlined).digest);
    expect(planOf(read.text).digest).toBe(read.digest);
    await writeFile(join(folder, 'mr.yaml'), 'setting:\n  binWidth: 5\n');
    const other = await readPlan(join(folder, 'plan.yaml'));
    expect('digest' in other && other.digest).not.toBe(read.digest);
  });

  it('is told of a file that is not there, of an unknown sequence and of one listed twice, with the line', async () => {
    await writeFile(join(folder, 'plan.yaml'), yaml('absent.yaml'));
    expect(await readPlan(join(folder, 'plan.yaml'))).toEqual({ problems: [{ path: 'extract.sequences[0].settings', line: 12, sentence: 'absent.yaml cannot be read. Put it beside the plan.' }] });
    const wrong = parsePlan(inlined.replace('sequence: PET', 'sequence: MR').replace('[MR, PET]', '[MR, ADC]'));
    expect('problems' in wrong && wrong.problems.map(problemSentence)).toEqual([
      expect.stringMatching(/^Line 13, .*MR is listed twice/),
      expect.stringMatching(/^Line 17, .*ADC is not extracted. Extracted here: MR, MR/),
    ]);
  });

  it('lets patients lack a sequence of its pipeline and a further reading, unless it says otherwise, and says so in its canonical text', () => {
    const lax = (text: string) => {
      const read = planOf(text);
      expect(planOf(read.text).digest).toBe(read.digest);
      return read.plan.extract!.sequences.map(({ mayLack }) => mayLack);
    };
    expect(lax(inlined)).toEqual([undefined, undefined]);
    const again = inlined.replace('[MR, PET]', '[MR]').replace('select: { ', 'select: { agreement: { sequences: [{ sequence: MR, again: [PET] }] }, ');
    expect(lax(again)).toEqual([undefined, true]);
    expect([mayRead(planOf(again).plan)('PET:mean'), mayRead(planOf(again).plan)('ADC:mean')]).toEqual([true, false]);
    const pipeline = inlined.replace(/select:.*\nmodels:.*\n/, 'pipeline: { sequences: [MR, PET] }\n');
    expect(lax(pipeline)).toEqual([true, true]);
    expect(lax(pipeline.replace('sequence: MR\n', 'sequence: MR\n      mayLack: false\n'))).toEqual([false, true]);
  });

  it('is told of readings that nothing names, that are not extracted or that are candidates', () => {
    const told = (agreement: string) => {
      const parsed = parsePlan(inlined.replace('select: { ', `select: { agreement: ${agreement}, `));
      return 'problems' in parsed ? parsed.problems.map(problemSentence).join() : '';
    };
    expect(told('{}')).toContain('Nothing says which readings agree');
    expect(told('{ sequences: [{ sequence: MR, again: [SECOND] }] }')).toContain('SECOND is not extracted, and MR is');
    expect(told('{ sequences: [{ sequence: MR, again: [PET] }] }')).toContain('PET is among the candidates');
  });

  it('asks the table for no extracted column, and warns of settings that two sequences share or that give no bin width', () => {
    expect(planColumns(planOf(inlined).plan)).toEqual(['y']);
    expect(planOf(inlined).warnings.join(' ')).toContain('more than 20 % of patients');
    expect(planOf(inlined.replace('binWidth: 25', 'binWidth: 0.5')).warnings.join(' ')).toContain('MR, PET have the same extraction settings');
    expect(planOf(inlined.replace('binWidth: 25', 'force2D: true')).warnings.join(' ')).toContain('The settings of MR give no bin width, so it is 25.');
  });
});

/** A site whose features were extracted: the first of MR tells the outcome. */
function site(name: string): SiteTable {
  const random = SeededRandom.fromSeed(name);
  const y = Float64Array.from({ length: 60 }, (_, i) => i % 2);
  const noise = () => ({ kind: 'number' as const, values: y.map(() => random.normal()) });
  return {
    pseudonyms: Array.from(y, (_, i) => `${name}${100 + i}`),
    columns: new Map([['y', { kind: 'number' as const, values: y }], ['MR:mean', { kind: 'number' as const, values: y.map((event) => event + random.normal()) }], ['MR:shape', noise()], ['PET:mean', noise()], ['PET:shape', noise()], ...intensities(name, y.length)]),
  };
}

/** Before a scale the scanner of A is brighter than that of B by ten deviations; after it none is. */
function intensities(name: string, patients: number) {
  const random = SeededRandom.fromSeed(`${name} intensities`);
  return (['before', 'after'] as const).flatMap((when) =>
    intensityColumns('MR', when).map((column) => [column, { kind: 'number' as const, values: Float64Array.from({ length: patients }, () => random.normal() + (when === 'before' && name === 'A' ? 10 : 0)) }] as const),
  );
}

const half: SiteStep<ExtractionParameters, ExtractionAnswer> = {
  step: extractFeatures,
  compute: (view, { sequences }) =>
    extractionResult(sequences.map(({ sequence, digest }) => ({ sequence, digest, names: ['mean', 'shape'], patients: view.n, refused: new Map(), fewGreyLevels: sequence === 'PET' ? 40 : 0, levelsCounted: view.n }))),
};

describe('a plan that brings intensities to a scale', () => {
  const of = (intensity: string, text = inlined) => text.replace('      settings: "setting', `      intensity: ${intensity}\n      settings: "setting`);
  const problemsOf = (text: string) => {
    const parsed = parsePlan(text);
    return 'problems' in parsed ? parsed.problems.map(problemSentence) : [];
  };

  it('is the same plan where it says that they stay as they are, and another with each scale', () => {
    expect(planOf(of('none')).digest).toBe(planOf(inlined).digest);
    expect(new Set(['none', 'z-score', 'nyul'].map((intensity) => planOf(of(intensity)).digest)).size).toBe(3);
    expect(planOf(planOf(of('nyul')).text).digest).toBe(planOf(of('nyul')).digest);
  });

  it('is told, with the line, that measurements are not rescaled, images not normalised twice, and no scale made of sites that are left out', () => {
    for (const name of ['PET', 'FDG-PET', 'ADC', 'adc_b1000', 'CT']) {
      expect(problemsOf(inlined.replace('sequence: PET', `sequence: ${name}\n      intensity: z-score`).replaceAll('[MR, PET]', `[MR, ${name}]`))).toEqual([expect.stringMatching(/^Line 14, .*is quantitative: .* must not be rescaled/)]);
    }
    expect(problemsOf(of('nyul', inlined.replace('binWidth: 25', 'normalize: true')))).toEqual([expect.stringMatching(/^Line 12, .*normalise its images already/)]);
    expect(problemsOf(of('nyul', `${inlined.replace('evaluate: {', 'evaluate: { leaveOneSiteOut: {},')}`))).toEqual([expect.stringMatching(/^Line 12, .*Use z-score/)]);
    expect(problemsOf(of('histogram'))).toHaveLength(1);
    expect(planOf(of('z-score')).warnings.join(' ')).toContain('a bin width of 25 gives it few grey levels');
    expect(planOf(of('z-score', inlined.replace('25', '0.5'))).warnings.join(' ')).not.toContain('few grey levels');
  });
});

describe('the stage extract', () => {
  it('comes first, and its features of each sequence feed selection and training', async () => {
    const { plan } = planOf(inlined);
    const stages: string[] = [];
    const federation = inProcessFederation({
      tables: new Map(['A', 'B', 'C'].map((name) => [name, site(name)])), profile: 'open-data',
      findStep: (name, version) => (name === extractFeatures.name ? (half as unknown as SiteStep) : findSiteStep(name, version)),
    });
    const results = await executePlan(federation, plan, { onStage: (stage) => stages.push(stage) });
    // A loose tree: a wrong path fails the comparison.
    const found = results.stages as Record<string, any>;
    expect(stages[0]).toBe('extract');
    expect(found['extract'].sequences).toMatchObject([{ sequence: 'MR', features: 2 }, { sequence: 'PET', features: 2 }]);
    expect(found['extract'].intensities).toBeUndefined();
    expect(found['extract'].warnings[0]).toMatch(/^A: more than 20 % .* PET/);
    expect(found['select'].test.features.map(({ feature }: { feature: string }) => feature)).toEqual(['MR:mean', 'MR:shape', 'PET:mean']);
    expect(found['select'].selected).toContain('MR:mean');
    expect(found['describe'].sampleSize.candidateParameters).toBe(3);
  });

  it('makes the scale of training images first, and every later view names it', async () => {
    const { plan } = planOf(inlined.replace('      settings: "setting', '      intensity: nyul\n      settings: "setting').replace('extract:\n', 'cohort: { training: { sites: [A, B] } }\nextract:\n'));
    const asked: { step: string; scale: string | undefined; sites: readonly string[] }[] = [];
    const landmarks: SiteStep<LandmarkParameters, LandmarkTotals> = {
      step: landmarkTotals,
      compute: ({ n }) => ({ contribution: { n: Float64Array.of(n), totals: Float64Array.from({ length: 11 }, (_, k) => n * (k === 10 ? 100 : k ** 2)) }, basis: { patients: n } }),
    };
    const federation = inProcessFederation({
      tables: new Map(['A', 'B', 'C'].map((name) => [name, site(name)])), profile: 'open-data',
      findStep: (name, version) => ([half, landmarks] as unknown as SiteStep[]).find(({ step }) => step.name === name) ?? findSiteStep(name, version),
      onBatch: (batch) => asked.push(...batch.map(({ step, request, sites }) => ({ step: step.name, scale: request.view.intensityScale, sites }))),
    });
    const results = await executePlan(federation, plan);
    const { intensityScale, sequences, intensities: [told] } = (results.stages as Record<string, any>)['extract'];
    expect(told).toMatchObject({ sequence: 'MR', intensity: 'nyul', figures: intensityFigures });
    expect(told.before.sites.map(({ site: at, patients }: { site: string; patients: number }) => [at, patients])).toEqual([['A', 60], ['B', 60]]);
    for (const [j] of intensityFigures.entries()) {
      expect(told.before.varianceExplainedBySite[j]).toBeGreaterThan(0.95);
      expect(told.after.varianceExplainedBySite[j]).toBeLessThan(0.1);
    }
    expect(results.stages['select']).not.toMatchObject({ selected: expect.arrayContaining([expect.stringContaining('intensity')]) });
    expect(intensityScale.sequences).toEqual([{ sequence: 'MR', images: 120, landmarks: [0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 100] }]);
    expect(sequences[0]).toMatchObject({ sequence: 'MR', intensity: 'nyul' });
    expect(asked[0]).toEqual({ step: 'extract/intensity-landmarks', scale: undefined, sites: ['A', 'B'] });
    expect(new Set(asked.slice(1).map(({ scale }) => scale))).toEqual(new Set([intensityScale.digest]));
  });

  it('ends the run with a sentence where sites cannot extract, as in a simulation over a table', async () => {
    const federation = inProcessFederation({ tables: new Map([['A', site('A')], ['B', site('B')], ['C', site('C')]]), profile: 'open-data' });
    await expect(executePlan(federation, planOf(inlined).plan)).rejects.toThrow(/extract\/features: refused by A/);
  });
});
