import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type ParsedPlan, parsePlan } from './parse-plan.js';
import { problemSentence } from './plan-problem.js';
import { readPlan } from './read-plan.js';

const example = (name: string) => fileURLToPath(new URL(`../../../../examples/${name}`, import.meta.url));

const good = `consilium: 1
title: A small plan
version: 1
study: small
sites: [A, B]
disclosure: open-data
seed: one
outcome: { column: y, type: binary, event: 1 }
cohort:
  training:
    where: [{ column: split, oneOf: [train] }]
  test:
    where: [{ column: split, oneOf: [test] }]
features: { columns: [a, b] }
clinical: [age, { column: stage, levels: [I, II], reference: I }]
folds: { dealt: 5 }
select:
  lasso:
    lambda:
      min: 0.001
models:
  - { name: radiomics, inputs: [selected] }
  - { name: combined, inputs: [{ prediction: radiomics }, clinical] }
`;

const parsed = (text: string): ParsedPlan => {
  const result = parsePlan(text);
  if ('problems' in result) throw new Error(result.problems.map(problemSentence).join('\n'));
  return result;
};
const sentences = (text: string): string[] => {
  const result = parsePlan(text);
  return 'problems' in result ? result.problems.map(problemSentence) : [];
};
const changed = (from: string | RegExp, to: string): string => {
  const text = good.replace(from, to);
  if (text === good) throw new Error('the test changes nothing');
  return text;
};

describe('a plan', () => {
  it('says everything once its defaults are written out', () => {
    const { plan } = parsed(good);
    expect(plan.quorum).toBe(2);
    expect(plan.select?.lasso).toEqual({ lambda: { max: 1, min: 0.001, count: 50 }, choose: 'min', scaler: 'per-fold' });
    expect(plan.select?.correlation).toEqual({ rule: 'B', threshold: 0.9 });
    expect(plan.evaluate.rows).toEqual(['test']);
    expect(plan.models[1]?.inputs[0]).toEqual({ prediction: 'radiomics', fitting: 'cross-fitted' });
  });

  it('has one canonical text, which parses to the same text and digest', () => {
    const first = parsed(good);
    expect(parsed(first.text)).toEqual(first);
    expect(first.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('keeps its digest when only layout, comments and the order of settings or sites change', () => {
    const moved = `# a comment\n${good.replace('sites: [A, B]\n', '')}sites:\n  - B\n  - A\n`;
    expect(parsed(moved).digest).toBe(parsed(good).digest);
  });

  it('changes its digest with any setting', () => {
    expect(parsed(changed('min: 0.001', 'min: 0.002')).digest).not.toBe(parsed(good).digest);
  });

  it('applies the standard profile when it names none', () => {
    expect(parsed(changed('disclosure: open-data\n', '')).plan.disclosure).toBe('standard');
  });

  it('prints the differencing risk of going on with the survivors', () => {
    expect(parsed(`${good}onDropOut: survivors\n`).warnings.join()).toMatch(/differ by its own term/);
  });

  it('warns that a follow-up outcome made binary needs complete follow-up', () => {
    expect(parsed(changed('event: 1 }', 'event: 1, horizon: 24 months }')).warnings.join()).toMatch(/censored, not event-free/);
  });
});

describe('mistakes in a plan', () => {
  it('are told all at once, each with its line, its path and what is allowed', () => {
    const text = good.replace('min: 0.001', 'min: 0').replace('type: binary', 'type: survival').replace('sites: [A, B]', 'sites: [A, B]\nquorum: 3');
    expect(sentences(text)).toEqual([
      'Line 6, quorum: 3 is not allowed. The plan has 2 sites; use at most that.',
      'Line 9, outcome.type: survival outcomes are not offered in this version. Use binary, and name the value that is the event.',
      'Line 21, select.lasso.lambda.min: 0 is not allowed. Use a number above 0.',
    ]);
  });

  it.each([
    ['a misspelt setting', changed('select:', 'selct:'), "Line 17, selct: There is no setting of this name. Did you mean select?"],
    ['a missing setting', changed('title: A small plan\n', ''), 'Line 1, title: This setting is missing. Give a text.'],
    ['a text where a number is needed', changed('version: 1', 'version: one'), 'Line 3, version: one is not allowed. Use a number.'],
    ['an unknown profile', changed('open-data', 'open'), 'Line 6, disclosure: open is not allowed. Use one of open-data, standard, strict.'],
    ['a deadline without a unit', `${good}deadline: 7\n`, 'Line 24, deadline: 7 is not allowed. Use a text.'],
    ['an unknown penalty', changed('inputs: [selected] }', 'inputs: [selected], penalty: { kind: l1 } }'), 'Line 22, models[0].penalty.kind: Use kind: none, firth, lasso, elastic-net, l2, l2-cross-validated.'],
    ['a model put before the one it reads', changed('prediction: radiomics', 'prediction: other'), 'Line 23, models[1].inputs[0].prediction: other is not an earlier model. Put it before this one.'],
    ['the outcome among the predictors', changed('[a, b]', '[a, y]'), 'Line 14, features.columns[1]: y is the outcome and cannot predict. Take it out here.'],
    ['the split among the predictors', changed('[a, b]', '[a, split]'), 'Line 14, features.columns[1]: split is the division of the cohort and cannot predict. Take it out here.'],
    ['a setting written twice', `${good}seed: two\n`, 'Line 24: This setting is written twice. Keep one.'],
    ['a site listed twice', changed('[A, B]', '[A, A]'), 'Line 5, sites[1]: A is listed twice. List every site once.'],
    ['a penalty by cross-validation without folds', good.replace('folds: { dealt: 5 }\n', ''), 'Line 17, select.lasso: The LASSO is chosen by cross-validation. Add folds.'],
    ['a model named like a column', changed('name: radiomics', 'name: a'), 'Line 22, models[0].name: a is also a column. Give the model another name.'],
    [
      'one prediction read in two fittings, by two ways',
      `${good}  - { name: both, inputs: [{ prediction: radiomics, fitting: in-sample }, { prediction: combined }] }\n`,
      'Line 24, models[2].inputs[1]: both reads radiomics both cross-fitted and in-sample. Use one fitting for both inputs.',
    ],
    ['a model of an unknown kind', changed('inputs: [selected] }', 'inputs: [selected], kind: oracle }'), 'Line 22, models[0].kind: Use kind: logistic, linear-svm, rbf-svm, random-forest, extra-trees, boosting, merged-trees, late-fusion.'],
    ['a late fusion of a model that stands behind it', changed('  - { name: radiomics', '  - { name: late, kind: late-fusion, inputs: [{ prediction: radiomics }, { prediction: radiomics }] }\n  - { name: radiomics'), 'Line 22, models[0].inputs[0].prediction: radiomics is not an earlier model. Put it before this one.'],
    ['prefixes without a dictionary', changed('columns: [a, b]', 'prefixes: [a]'), 'Line 14, features.prefixes: Prefixes need a dictionary that lists the columns. Add dictionary, or name the columns.'],
  ])('%s', (_what, text, sentence) => {
    expect(sentences(text)).toContain(sentence);
  });

  it('include a column known only after baseline, which the dictionary tells', () => {
    const dictionary = `dictionary: { columns: { y: { type: integer }, a: { type: number }, b: { type: number, role: post-baseline }, age: { type: number }, stage: { type: category, codes: [I, II] } } }\n`;
    expect(sentences(good + dictionary)).toEqual(['Line 14, features.columns[1]: b is known only after baseline and cannot predict. Use a column known at baseline.']);
  });

  it('include broken YAML, with its line', () => {
    expect(sentences('consilium: 1\nsites: [A, B\nseed: x\n')[0]).toMatch(/^Line 3: This is not YAML/);
    expect(sentences('- 1\n')[0]).toMatch(/^Line 1: This is not a plan/);
  });

  it('never make a mistake twice: one broken list of sites says nothing about the quorum', () => {
    expect(sentences(`${changed('[A, B]', '[A, "?"]')}quorum: 2\n`)).toHaveLength(1);
  });
});

describe('a pipeline', () => {
  const plan = (pipeline: string, folds = 'folds: { dealt: 5 }') => `consilium: 1
title: Sequences
version: 1
study: sequences
sites: [A, B]
disclosure: open-data
seed: s
outcome: { column: y, type: binary }
features: { columns: [T1_a, T1_b, T1C_a, rf1_T2] }
clinical: [age]
${folds}
pipeline: ${pipeline}
`;

  it('needs little more than its sequences; every default is written out', () => {
    const { pipeline, models } = parsed(plan('{ sequences: [T1, T1C, { name: T2, match: "*_T2" }] }')).plan;
    expect(models).toEqual([]);
    expect(pipeline?.sequences).toEqual([{ name: 'T1', match: 'T1_*' }, { name: 'T1C', match: 'T1C_*' }, { name: 'T2', match: '*_T2' }]);
    expect(pipeline?.select).toEqual({ test: { kind: 'student', alpha: 0.05 }, correlation: { rule: 'B', threshold: 0.9 }, lasso: { lambda: { max: 1, min: 0.001, count: 50 }, choose: 'min', scaler: 'per-fold' } });
    expect(pipeline?.keep).toEqual({ above: 0.5, confidence: 0.95, sharedAmongSequences: true, standardErrors: null });
    expect(pipeline?.signature).toEqual(['cross-fitted']);
  });

  it('is the same plan when its canonical text is read again', () => {
    const first = parsed(plan('{ sequences: [T1, T1C], volume: T1_a }'));
    expect(parsed(first.text).digest).toBe(first.digest);
  });

  it.each([
    ['a sequence without a feature', plan('{ sequences: [T1, DWI] }'), 'Line 12, pipeline.sequences[1]: No feature has the form DWI_*. Add its features, or give its pattern as match.'],
    ['two sequences with columns in common', plan('{ sequences: [T1, { name: all, match: "T*" }] }'), 'Line 12, pipeline.sequences[1]: all and T1 have columns in common. Give patterns that part them.'],
    ['too few folds', plan('{ sequences: [T1] }', 'folds: { dealt: 3 }'), 'Line 12, pipeline: Two folds are left out at a time, and those that remain cross-validate. Use at least four folds.'],
    ['no folds', plan('{ sequences: [T1] }', 'quorum: 2'), 'Line 12, pipeline: A pipeline chooses by nested cross-validation. Add folds.'],
    ['repeats of folds in a column', plan('{ sequences: [T1], repeats: 5 }', 'folds: { column: fold, count: 5 }'), 'Line 12, pipeline.repeats: Repeats deal the folds anew, and these stand in a column. Use folds: { dealt: 5 }, or one repeat.'],
    ['a model of the plan with a name of the pipeline', `${plan('{ sequences: [T1] }')}models: [{ name: combined, inputs: [clinical] }]\n`, 'Line 12, pipeline: combined is a model of the pipeline and also a column or another model. Give that another name.'],
    ['a kind of candidate twice', plan('{ sequences: [T1], models: [{ kind: logistic }, { kind: logistic }] }'), 'Line 12, pipeline.models: One kind of model stands twice. Give each once, with a grid of its settings.'],
    ['neither models nor a pipeline', plan('null'), 'Line 1, models: The plan fits nothing. Add models, or a pipeline.'],
  ])('is refused with %s', (_what, text, sentence) => {
    expect(sentences(text)).toContain(sentence);
  });
});

describe('the example plans', () => {
  it.each(['wdbc.yaml', 'wdbc-trees.yaml', 'radsyn.yaml', 'heart.yaml', 'heart-own-scale.yaml', 'phantom.yaml', 'phantom-chance.yaml', 'sarcoma-seed.yaml'])('%s has no mistakes', async (name) => {
    const result = await readPlan(example(name));
    expect('problems' in result ? result.problems.map(problemSentence) : []).toEqual([]);
  });

  it.each(['wdbc.yaml', 'radsyn.yaml', 'heart.yaml', 'heart-own-scale.yaml', 'phantom.yaml', 'sarcoma-seed.yaml'])('%s is the same plan when its canonical text is read again', async (name) => {
    const first = (await readPlan(example(name))) as ParsedPlan;
    const again = parsed(first.text);
    expect(again.text).toBe(first.text);
    expect(again.digest).toBe(first.digest);
  });

  it('take candidates from the dictionary in its order', async () => {
    const header = readFileSync(fileURLToPath(new URL('../../../../test/oracle/data/wdbc.csv', import.meta.url)), 'utf8').split(/\r?\n/, 1)[0]!.split(',');
    const result = (await readPlan(example('wdbc.yaml'))) as ParsedPlan;
    expect(result.plan.features?.columns).toEqual(header.slice(10));
    expect(result.plan.clinical[2]).toEqual({ column: 'stage', levels: ['II', 'III', 'IVA'], reference: 'II' });
  });
});
