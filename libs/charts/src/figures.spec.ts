import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  agreementTable, areaUnder, barsFigure, caseMix, clustered, cohortFlow, comparisonTable, featureKinds, figureJson, planSteps, settingsTable, footerParts, forestFigure, isFigure, keptFeatures, modelForest, matrixFigure, nomogramOf, modelsOf, permutationBars, pointsOf, pointUnit, preferred, runForest, probabilityInterval, probabilityOf, scannerMatrix, selectionFunnel, selectionLasso, sequenceMatrix, shapBars, shapDependence, shapFeatures, shapSwarm,
  tableCsv, tableOne, type Figure, type FigureFacts, type FigureTable, type Finding, type NomogramModel, type ResultsFile, type RunContext, validationCalibration, validationConfusion, validationDecisionCurve, validationForest, validationRoc, wilson,
} from './index.js';
import { figureSvg } from './svg.js';

/** Made by `consilium simulate plan examples/wdbc.yaml --profile standard`: real patients, real suppression. */
const standard = JSON.parse(readFileSync(new URL('./fixtures/wdbc-standard.results.json', import.meta.url), 'utf8')) as ResultsFile;
const context: RunContext = { results: standard, resultsDigest: '5b0e77c1'.repeat(8), date: '2026-11-23T09:41:00Z', siteOrder: standard.sites };
const chosen = { model: 'eight-features', validation: 'all' };

const facts: FigureFacts = { sitesShown: 2, sitesAll: 3, patients: 200, events: 90, minimumCount: 5, profile: 'standard', suppressed: 1, resultsDigest: null, modelDigest: null, planDigest: null, date: null };

const figureOf = (finding: Finding): Figure => {
  if (!isFigure(finding)) throw new Error(finding.absent);
  return finding.figure;
};

const found: readonly [string, Finding][] = [
  ['forest of AUC', validationForest(context, chosen, { measure: 'auc' })],
  ['forest of slopes', validationForest(context, chosen, { measure: 'slope' })],
  ['forest of O:E', validationForest(context, chosen, { measure: 'oe' })],
  ['forest of net benefit', validationForest(context, chosen, { measure: 'net-benefit', threshold: 0.5 })],
  ['forest of calibration in the large', validationForest(context, chosen, { measure: 'in-the-large' })],
  ['forest of O:E, each hospital left out', validationForest(context, { ...chosen, validation: 'leave-one-site-out' }, { measure: 'oe' })],
  ['ROC', validationRoc(context, chosen)],
  ['calibration', validationCalibration(context, chosen)],
  ['decision curve', validationDecisionCurve(context, chosen, [0.1, 0.9])],
  ['confusion', validationConfusion(context, chosen, 0.5)],
  ['funnel', selectionFunnel(context)],
  ['LASSO', selectionLasso(context)],
  ['cohort', cohortFlow(context)],
  ['models', modelForest(context, 'all')],
  ['steps', planSteps(context, {
    sites: ['A', 'B'], outcome: { column: 'response' }, cohort: { test: null }, extract: { sequences: [{ sequence: 'T1' }, { sequence: 'DWI' }] }, features: null, clinical: [{ column: 'age' }], folds: { dealt: 5 }, missing: { features: 'mean', clinical: 'mode' }, harmonise: { method: 'combat', batch: null },
    select: { test: { kind: 'student', alpha: 0.05 }, correlation: { threshold: 0.9 }, lasso: { choose: 'min' } }, models: [{ name: 'clinical', kind: 'logistic' }], evaluate: { rows: ['test'], leaveOneSiteOut: {} },
  })],
];

describe('figures of a run', () => {
  it.each(found)('%s: is drawn at both widths in both modes, named for those who hear it, with a table and a footer', (_name, finding) => {
    const figure = figureOf(finding);
    for (const [width, mode] of [[960, 'light'], [358, 'dark']] as const) {
      const svg = figureSvg(figure, { width, mode });
      expect(svg).toContain('role="img"');
      expect(svg).toContain('<desc>');
      expect(svg.match(/NaN|undefined|Infinity/)).toBeNull();
    }
    expect(figure.table.rows.length).toBeGreaterThan(0);
    expect(figure.reading.length).toBeLessThanOrEqual(80);
    expect(footerParts(figure.facts).join(' ')).toContain('k = 5');
    expect(() => JSON.parse(figureJson(figure)) as unknown).not.toThrow();
  });

  it('tables how far readings of the features agree, by class, and says of each kept feature its correlation', () => {
    const one = (feature: string, icc: number | null, kept: boolean) => ({ feature, patients: 60, icc, kept });
    const select = { candidates: 4, selected: ['a'], test: null, agreement: { kind: 'absolute', atLeast: 0.75, kept: 2, features: [one('a', 0.92, true), one('b', 0.8, true), one('c', 0.4, false), one('d', null, false)] } };
    const read = { ...context, results: { ...standard, stages: { ...standard.stages, select } } } as unknown as RunContext;
    const table = agreementTable(read) as FigureTable;
    expect(table.rows.map(({ features, kept }) => [features!.value, kept!.text])).toEqual([[1, '0/1 (0%)'], [0, '0/0'], [1, '1/1 (100%)'], [1, '1/1 (100%)'], [1, '0/1 (0%)']]);
    expect((keptFeatures(read) as FigureTable).rows[0]!['agreement']!.text).toBe('0.92');
    expect(agreementTable(context)).toMatch(/no repeated readings/);
  });

  it('gives a column of 0 and 1 two values in a nomogram, and a number its range', () => {
    const [train] = [standard.stages.train as { readonly models: readonly { readonly name: string }[] }];
    const models = train.models.map((model) => (model.name === 'radiomics' ? { ...model, coefficients: [{ name: '(Intercept)', estimate: -2 }, { name: 'age', estimate: 0.02 }, { name: 'sex', estimate: 0.7 }] } : model));
    const found = nomogramOf({ ...context, results: { ...standard, stages: { ...standard.stages, train: { models } } } } as RunContext, 'radiomics');
    if (!('model' in found)) throw new Error(found.absent);
    expect(found.model.inputs.map((input) => (input.kind === 'levels' ? input.levels : [input.from, input.to]))).toEqual([[30, 80], [{ level: '0', coefficient: 0 }, { level: '1', coefficient: 0.7 }]]);
  });

  it('counts kept features by the class that their names say, and says where names say none', () => {
    const kept = { candidates: 10, selected: ['T1:original_glcm_Contrast', 'T1:log-sigma-1-0-mm-3D_glcm_Id', 'DWI:wavelet-LLH_firstorder_Mean', 'DWI:original_shape_Sphericity', 'age'] };
    const radiomic = { ...context, results: { ...standard, stages: { ...standard.stages, select: kept } } } as RunContext;
    const { table, answer } = figureOf(featureKinds(radiomic));
    expect(table.rows.map(({ row, value }) => [row!.text, value!.value])).toEqual([['GLCM', 2], ['First-order', 1], ['Shape', 1]]);
    expect(answer).toBe('4 kept features of 3 classes and 3 image types.');
    expect(featureKinds(context)).toEqual({ absent: expect.stringContaining('do not say a class') as string });
  });

  it('tells the settings of every model, and what cross-validation chose', () => {
    const trees = { name: 'trees', kind: 'boosting', bins: 32, grid: [{ depth: 3 }, { depth: 5 }], patience: null, crossValidation: { chosen: { depth: 5, trees: 40 } } };
    const table = settingsTable({ ...context, results: { ...standard, stages: { ...standard.stages, train: { models: [...(standard.stages.train as { models: readonly object[] }).models, trees] } } } } as RunContext);
    if (typeof table === 'string') throw new Error(table);
    expect(table.rows.map(({ row, settings, chosen }) => [row!.text, settings!.text, chosen!.text]).slice(-3)).toEqual([
      ['radiomics', 'penalty: C 1, kind l2; scale: global; C: 1', '–'],
      ['combined', 'penalty: kind none; scale: none', '–'],
      ['trees', 'bins: 32; grid: depth 3 or depth 5', 'depth 5, trees 40'],
    ]);
  });

  it('says in its file what its footer says on screen, and the plan too', () => {
    const svg = figureSvg(figureOf(found[0]![1]), { frame: true, label: 'Figure 1.' });
    expect(svg).toContain('Figure 1. Discrimination at each hospital');
    expect(svg).toContain('Results 5b0e·77c1');
    expect(svg).toMatch(/Plan [0-9a-f]{4}·[0-9a-f]{4}/);
  });

  it('shows the figures of the file: the pooled AUC with both intervals', () => {
    const rows = standard.stages.evaluate as unknown as { rows: { all: { headline: { model: string; auc: number; confidence: [number, number] }[] } } };
    const headline = rows.rows.all.headline.find(({ model }) => model === 'eight-features')!;
    const { table, answer } = figureOf(found[0]![1]);
    const pooled = table.rows.find(({ row }) => row!.text === 'Pooled, random effects')!;
    expect(pooled['estimate']!.value).toBe(headline.auc);
    expect([pooled['low']!.value, pooled['high']!.value]).toStrictEqual(headline.confidence);
    expect(answer).toContain(headline.auc.toFixed(2));
  });

  it('sets models side by side that several runs validated in the same way on patients they had not seen', () => {
    const { table } = figureOf(runForest([{ name: 'Run a', context }, { name: 'Run b', context }]));
    expect(table.rows.map(({ row }) => row!.text)).toContain('Run b: eight-features, leave one site out');
    expect(table.rows.some(({ row }) => row!.text.includes('apparent'))).toBe(false);
    expect(runForest([{ name: 'Run a', context }])).toEqual({ absent: expect.stringContaining('more than one of these runs') as string });
  });

  it('prefers hospitals left out of training to patients that the model has seen', () => {
    expect(preferred(context)).toStrictEqual({ validation: 'leave-one-site-out', model: 'eight-features' });
    expect(modelsOf(context, 'all').length).toBeGreaterThan(1);
  });

  it('says that a validation is not in the plan, and draws nothing', () => {
    expect(validationForest(context, { model: 'x', validation: 'no-such' }, { measure: 'auc' })).toStrictEqual({ absent: "This validation is not in this run's plan." });
  });

  it('tables the clinical variables with what is suppressed said to be so', () => {
    const table = tableOne(context, 'test');
    if (typeof table === 'string') throw new Error(table);
    expect(table.rows[0]!['all']!.suppressed).toBeDefined();
    expect(tableCsv(table)).toContain('Patients,suppressed');
    const training = tableOne(context, 'training') as FigureTable;
    expect(training.rows.map(({ row, all }) => [row!.text, all!.text])).toEqual(expect.arrayContaining([['age, mean (SD)', '52.2 (10.8)'], ['sex: 1', '270/398 (67.8%)']]));
    expect(typeof comparisonTable(context, 'all')).toBe('object');
  });
});

describe('what is suppressed', () => {
  const rows = [
    { label: 'North', site: 0, patients: 120, events: 60, result: { estimate: 0.8, interval: { low: 0.7, high: 0.9 }, weight: 0.6 } },
    { label: 'South', site: 1, patients: 80, events: 30, result: { estimate: 0.7, interval: { low: 0.3, high: 0.85 }, weight: 0.4 } },
    { label: 'Millbrook', site: 2, patients: null, events: null, result: { reason: 'Fewer than 5 in one outcome class', suppressed: true } },
  ];
  const pool = { label: 'Pooled, random effects', sites: 2, estimate: 0.77, confidence: { low: 0.6, high: 0.9 }, prediction: null, predictionAbsent: 'A prediction interval needs three hospitals', tau2: 0.1, i2: 20 };
  const measure = { name: 'AUC', axis: 'AUC', kind: 'auc', scale: 'linear', line: null, domain: [0.5, 1] } as const;
  const figure = forestFigure({ id: 'forest', title: 'Forest', reading: 'r', answer: 'a', methods: 'm', measure, rowsAre: 'Hospital', rows, pool, facts });

  it('is drawn with its rule, and no number of it stands in any file', () => {
    expect(figureSvg(figure)).toContain('Fewer than 5 in one outcome class');
    expect(tableCsv(figure.table)).toContain('Millbrook,,,suppressed');
    expect(footerParts(facts).join(' · ')).toContain('1 suppressed');
  });

  it('says that two hospitals give no prediction interval', () => {
    expect(figureSvg(figure)).toContain('A prediction interval needs three hospitals');
  });

  it('marks an interval that leaves the axis', () => {
    // North lies within; the second hospital's lower bound is 0.3 on an axis from 0.5.
    const polygons = (svg: string): number => (svg.match(/<polygon points="[^"]*" fill="#14181F"/g) ?? []).length;
    const wide = forestFigure({ id: 'forest', title: 'Forest', reading: 'r', answer: 'a', methods: 'm', measure: { ...measure, domain: [0.2, 1] }, rowsAre: 'Hospital', rows, pool, facts });
    expect(polygons(figureSvg(figure))).toBe(polygons(figureSvg(wide)) + 1);
  });

  it('keeps a text that a spreadsheet would compute as text', () => {
    const bars = barsFigure({ id: 'b', title: 'B', reading: 'r', answer: 'a', legend: 'l', methods: 'm', rowsAre: '=1+1', valueIs: 'v', format: String, bars: [{ label: '=cmd()', value: 1 }], facts });
    expect(tableCsv(bars.table)).toBe("'=1+1,v\r\n'=cmd(),1\r\n");
  });
});

describe('the mathematics of drawings', () => {
  it('gives the same interval of a share as the run, whose figures were checked against R', () => {
    const shares = JSON.stringify(standard).match(/"wilson":\{"high":[\d.]+,"low":[\d.]+\},"x":\d+/g) ?? [];
    const whole = JSON.stringify(standard).match(/"n":\d+,"wilson":\{"high":[\d.]+,"low":[\d.]+\},"x":\d+/g) ?? [];
    expect(shares.length).toBeGreaterThan(20);
    for (const one of whole) {
      const [n, high, low, x] = one.match(/[\d.]+/g)!.map(Number) as [number, number, number, number];
      expect(wilson(x, n).low).toBeCloseTo(low, 12);
      expect(wilson(x, n).high).toBeCloseTo(high, 12);
    }
  });

  it('finds the area under a curve of three points by trapezoids', () => {
    const curve = [[0, 0], [0.2, 0.6], [1, 1]].map(([falsePositiveRate, truePositiveRate]) => ({ falsePositiveRate: falsePositiveRate!, truePositiveRate: truePositiveRate! }));
    expect(areaUnder(curve)).toBeCloseTo(0.06 + 0.64, 12);
  });

  it('reads from a nomogram the probability of its logistic model', () => {
    const model: NomogramModel = {
      intercept: -2.1,
      inputs: [
        { kind: 'number', name: 'score', label: 'Score', coefficient: 5.3, from: 0.1, to: 0.9 },
        { kind: 'number', name: 'age', label: 'Age', coefficient: -0.03, from: 30, to: 80 },
        { kind: 'levels', name: 'stage', label: 'Stage', levels: [{ level: 'II', coefficient: 0 }, { level: 'III', coefficient: 0.4 }, { level: 'IV', coefficient: -0.2 }] },
      ],
    };
    const values = [0.64, 57, 'III'] as const;
    const points = model.inputs.reduce((sum, input, i) => sum + pointsOf(model, input, values[i]!), 0);
    const direct = 1 / (1 + Math.exp(-(-2.1 + 5.3 * 0.64 - 0.03 * 57 + 0.4)));
    expect(probabilityOf(model, points)).toBeCloseTo(direct, 12);
    expect(pointUnit(model)).toBeCloseTo((5.3 * 0.8) / 100, 12);
    expect(probabilityInterval(model, values)).toBeNull();
  });

  // R 4.2.2: predict(glm(am ~ wt + hp, binomial, mtcars), data.frame(wt = 3, hp = 120), se.fit = TRUE), to 1e-14.
  it('numbers the columns of a map of correlations where their names would overlap, and leaves some out of a wide matrix', () => {
    const names = Array.from({ length: 24 }, (_, i) => `feature_${String.fromCharCode(97 + i)}_of_a_long_name`);
    const cells = names.map(() => names.map(() => ({ value: 0.5 })));
    const data = { id: 'map', title: 'Map', reading: '', answer: '', legend: '', methods: '', rowsAre: 'Feature', format: String, scale: { kind: 'diverging', end: 1, low: '', high: '' }, written: false, tree: null, facts: {} } as const;
    const drawn = (columns: readonly string[], width: number): string => figureSvg(matrixFigure({ ...data, rows: names, columns, cells: cells.map((row) => row.slice(0, columns.length)) } as never), { width });
    expect(drawn(names, 1200).match(/feature_a/g)).toHaveLength(2);
    const narrow = drawn(names, 360);
    expect(narrow.match(/feature_a/g)).toHaveLength(1);
    expect(narrow).toMatch(/>1 feature_a/);
    const hospitals = names.slice(1).map((name) => name.replace('feature', 'hospital'));
    expect(drawn(hospitals, 360).match(/hospital_/g)!.length).toBeLessThan(hospitals.length);
  });

  it('reads from a nomogram the interval of a probability as R does', () => {
    const rows = [
      [55.4065565956470181, -22.0370575808231592, 0.0778178878033298],
      [-22.0370575808231592, 9.4167669494812873, -0.0418323880355646],
      [0.0778178878033298, -0.0418323880355646, 0.000314500205709096],
    ];
    const model: NomogramModel = {
      intercept: 18.8662987172041241,
      inputs: [
        { kind: 'number', name: 'wt', label: 'Weight', coefficient: -8.0834751824446336, from: 1, to: 6 },
        { kind: 'number', name: 'hp', label: 'Power', coefficient: 0.0362555960822165, from: 50, to: 350 },
      ],
      covariance: { names: ['(Intercept)', 'wt', 'hp'], rows },
    };
    const interval = probabilityInterval(model, [3, 120])!;
    expect(interval.low).toBeCloseTo(0.0468069573472134, 9);
    expect(interval.high).toBeCloseTo(0.7204862797408956, 9);
    const levels: NomogramModel = { ...model, inputs: [{ kind: 'levels', name: 'wt', label: 'Weight', levels: [{ level: '0', coefficient: 0 }, { level: '1', coefficient: -8.0834751824446336 }] }, model.inputs[1]!] };
    expect(probabilityInterval(levels, ['1', 120])).toStrictEqual(probabilityInterval(model, [1, 120]));
  });
});

describe('the clustering of a correlation map', () => {
  it('joins what is closest first, by the mean over members, and orders leaves so that the tree does not cross', () => {
    // On a line at 0, 10, 1, 4: first 0 and 1 (1), then 4 to them (mean of 4 and 3), then 10 (mean of 10, 9 and 6).
    const at = [0, 10, 1, 4];
    const { order, merges } = clustered(at.map((a) => at.map((b) => Math.abs(a - b))));
    expect(order.map((i) => at[i])).toStrictEqual([0, 1, 4, 10]);
    expect(merges.map(({ height }) => height)).toStrictEqual([1, 3.5, 25 / 3]);
    expect(merges[0]).toMatchObject({ left: 0, right: 1 });
  });
});

describe('figures of what a run may hold besides', () => {
  const stages = standard.stages as Record<string, unknown>;
  const withStages = (more: Record<string, unknown>): RunContext => ({ ...context, results: { ...standard, stages: { ...stages, ...more } } as never });
  const hiddenFigure = { suppressed: { rule: 'minimum-cell', reason: 'A count between 1 and 4' } };

  it('draws the coefficient paths of the LASSO, with a column for each feature that is kept', () => {
    const select = stages['select'] as { selected: string[]; lasso: { path: unknown[] } };
    const paths = select.selected.slice(0, 2).map((feature, j) => ({ feature, values: select.lasso.path.map((_, i) => i * 0.01 * (j + 1)) }));
    const figure = figureOf(selectionLasso(withStages({ select: { ...select, lasso: { ...select.lasso, paths } } })));
    expect(figure.title).toBe('LASSO coefficients and cross-validated error');
    expect(figure.table.columns.map(({ label }) => label).slice(-2)).toEqual(select.selected.slice(0, 2));
    expect(figureSvg(figure)).toContain('Coefficient');
  });

  it('compares the case mix by standardised differences: (70 - 60) / 10 is 1', () => {
    const group = (mean: number) => ({ n: 50, mean, sd: 10 });
    const cohort = (mean: number, level: number) => ({ patients: 50, events: 20, sites: [], numbers: [{ column: 'age', all: group(mean) }, { column: 'dose', ...hiddenFigure }], categories: [{ column: 'stage', levels: [{ level: 'II', events: level, nonEvents: 0 }, { level: 'III', events: 50 - level, nonEvents: 0 }] }] });
    const figure = figureOf(caseMix(withStages({ describe: { cohort: { training: cohort(60, 25), test: cohort(70, 25) } } })));
    expect(figure.table.rows.map(({ row, value }) => [row!.text, value!.text])).toEqual([['age', '1.00'], ['dose', 'Suppressed'], ['stage: II', '0.00'], ['stage: III', '0.00']]);
    expect(figure.answer).toContain('1.00, of age');
  });

  it('counts patients by sequence, hospital and vendor, hatched where a rule hides them', () => {
    const counts = [{ sequence: 'T1', sites: [{ site: 'A', patients: 40 }, { site: 'B', ...hiddenFigure }], vendors: { column: 'vendor', levels: [{ level: 'X', events: 10, nonEvents: 30 }] } }];
    const described = withStages({ describe: { cohort: {}, sequences: { training: counts } } });
    expect(figureOf(sequenceMatrix(described, 'training')).table.rows.map((row) => row['c0']!.text)).toEqual(['40', 'Suppressed']);
    expect(figureOf(scannerMatrix(described, 'training')).table.rows.map((row) => [row['row']!.text, row['c0']!.text])).toEqual([['X', '40']]);
    expect(figureSvg(figureOf(scannerMatrix(described, 'training')))).toContain('<svg');
  });

  it('shows SHAP values of a model: bars, beeswarm in bins, dependence', () => {
    const shap = { patients: 100, scale: 'log-odds', expected: 0, features: [{ feature: 'a', meanAbsolute: 0.3, mean: 0, sd: 1 }, { feature: 'b', meanAbsolute: 0.9, mean: 0, sd: 1 }], shapes: [{ feature: 'b', dependence: [{ from: null, below: 2, quantile: 0.25, patients: 50, meanShap: -0.5 }, { from: 2, below: null, quantile: 0.75, patients: 50, meanShap: 0.5 }], cells: [{ quantile: 0.25, from: -1, to: 0, patients: 50 }, { quantile: 0.75, from: 0, to: 1, patients: 50 }] }] };
    const permutationImportance = { patients: 100, repeats: 10, features: [{ feature: 'a', auc: { mean: -0.01, sd: 0.1 } }, { feature: 'b', auc: { mean: 0.2, sd: 0.1 } }] };
    const own = withStages({ explain: { models: [{ model: 'm', shap, permutationImportance }, { model: 'n', shap: hiddenFigure }], selected: null } });
    expect(figureOf(shapBars(own, 'm')).answer).toBe("b carries 75% of the model's mean absolute SHAP.");
    for (const finding of [shapBars(own, 'm'), shapSwarm(own, 'm'), shapDependence(own, 'm', 'b'), permutationBars(own, 'm')]) expect(figureSvg(figureOf(finding))).not.toMatch(/NaN|undefined/);
    expect(shapFeatures(own, 'm')).toEqual(['b']);
    expect(shapBars(own, 'n')).toEqual({ absent: 'A count below the minimum' });
    expect(shapBars(context, 'm')).toEqual({ absent: "SHAP values are not in this run's results." });
  });
});
