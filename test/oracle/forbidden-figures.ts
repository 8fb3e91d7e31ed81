import type { AnalysisPlan } from '@consilium/study';
import type { Table } from '@consilium/tables';
import type { Json } from './reference.js';

/** The profile standard, as its documentation says. Written down here again: the test must not ask the code under test. */
const CELL = 5;
const PATIENTS = 20;
const CLASS = 5;

type Row = Readonly<Record<string, string | number | undefined>>;
type Sites = ReadonlyMap<string, readonly Row[]>;

/** Patients as records; what is missing is undefined. */
function rowsOf({ pseudonyms, columns }: Table): Row[] {
  return pseudonyms.map((_, i) =>
    Object.fromEntries(
      [...columns].map(([name, column]) => {
        if (column.kind === 'number') return [name, Number.isNaN(column.values[i]!) ? undefined : column.values[i]!];
        return [name, column.codes[i]! < 0 ? undefined : column.levels[column.codes[i]!]];
      }),
    ),
  );
}

const small = (count: number): boolean => count > 0 && count < CELL;
const cellsRule = (cells: readonly number[]): string | undefined => (cells.some(small) ? 'minimum-cell' : undefined);

/**
 * Every figure of a run's results that the rules forbid, with the rule, from counts of the sites' tables. Of the results only the fitted
 * models are read: which patient has which prediction.
 */
export function forbiddenFigures(plan: AnalysisPlan, tables: ReadonlyMap<string, Table>, results: Json): string[] {
  return new Forbidden(plan, new Map([...tables].sort(([a], [b]) => (a < b ? -1 : 1)).map(([site, table]) => [site, rowsOf(table)])), results).list();
}

class Forbidden {
  private readonly found: string[] = [];

  constructor(
    private readonly plan: AnalysisPlan,
    private readonly sites: Sites,
    private readonly results: Json,
  ) {}

  list(): string[] {
    for (const part of ['training', ...(this.plan.cohort.test === null ? [] : (['test'] as const))] as const) this.cohort(part);
    this.univariate();
    this.models();
    return this.found;
  }

  private add(path: string, rule: string | undefined): void {
    if (rule !== undefined) this.found.push(`${path} ${rule}`);
  }

  private rows(part: 'training' | 'test' | 'all'): Sites {
    const where = part === 'all' ? [] : part === 'training' ? this.plan.cohort.training.where : this.plan.cohort.test!.where;
    const meets = (row: Row): boolean => where.every(({ column, oneOf }) => row[column] !== undefined && oneOf.includes(row[column]));
    return new Map([...this.sites].map(([site, rows]) => [site, rows.filter((row) => this.event(row) !== undefined && meets(row))]));
  }

  private event(row: Row): 0 | 1 | undefined {
    const value = row[this.plan.outcome.column];
    return value === undefined ? undefined : value === this.plan.outcome.event ? 1 : 0;
  }

  private classes(rows: readonly Row[]): [number, number] {
    const events = rows.filter((row) => this.event(row) === 1).length;
    return [rows.length - events, events];
  }

  /** The rule of the first site, in order, that may not send its term of a sum over these rows. A site without a row adds nothing. */
  private sumRule(sites: Sites, cellsOf: (rows: readonly Row[]) => readonly number[] = () => []): string | undefined {
    for (const rows of sites.values()) {
      if (rows.length === 0) continue;
      if (rows.length < PATIENTS) return 'minimum-patients';
      const rule = cellsRule([...this.classes(rows), ...cellsOf(rows)]);
      if (rule !== undefined) return rule;
    }
    return undefined;
  }

  /** Counts of the values of a column by outcome, those of patients without it too. */
  private table(rows: readonly Row[], column: string): number[] {
    const values = [...new Set(rows.map((row) => row[column]))];
    return values.flatMap((value) => this.classes(rows.filter((row) => row[column] === value)));
  }

  private cohort(part: 'training' | 'test'): void {
    const sites = this.rows(part);
    const at = `/describe/cohort/${part}`;
    const categories = this.plan.clinical.filter(({ levels }) => levels !== null).map(({ column }) => column);
    const numbers = this.plan.clinical.filter(({ levels }) => levels === null).map(({ column }) => column);
    for (const figure of ['patients', 'events']) this.add(`${at}/${figure}`, this.sumRule(sites));
    for (const column of numbers) this.add(`${at}/numbers/${column}`, this.sumRule(known(sites, column)));
    for (const column of categories) {
      this.add(`${at}/categories/${column}`, firstRule(sites, (rows) => (rows.length < PATIENTS ? 'minimum-patients' : cellsRule(this.table(rows, column)))));
    }
    for (const [site, rows] of sites) {
      const few = rows.length < PATIENTS ? 'minimum-patients' : undefined;
      this.add(`${at}/sites/${site}/patients`, few);
      for (const figure of ['events', 'nonEvents']) this.add(`${at}/sites/${site}/${figure}`, few ?? cellsRule(this.classes(rows)));
      for (const column of [...numbers, ...categories]) {
        const missing = rows.filter((row) => row[column] === undefined).length;
        this.add(`${at}/sites/${site}/missing/${column}`, few ?? cellsRule([missing, rows.length - missing]));
      }
      if (part === 'test') this.add(`/describe/validationSize/sites/${site}/belowHundredEvents`, few ?? cellsRule(this.classes(rows)));
    }
  }

  private univariate(): void {
    for (const name of this.clinicalDesign()) {
      const sites = known(this.rows('training'), name.split('=')[0]!);
      this.add(`/describe/univariate/${name}`, this.sumRule(sites, (rows) => this.indicatorCells(rows, name)));
    }
  }

  private clinicalDesign(): string[] {
    return this.plan.clinical.flatMap(({ column, levels, reference }) => (levels === null ? [column] : levels.filter((level) => level !== reference).map((level) => `${column}=${level}`)));
  }

  /** The cells with the outcome of a column of two values, or of a level against the others. */
  private indicatorCells(rows: readonly Row[], name: string): number[] {
    const [column = '', level] = name.split('=');
    const marked = level === undefined ? rows : rows.map((row) => ({ ...row, [column]: row[column] === undefined ? undefined : row[column] === level ? 1 : 0 }));
    const values = new Set(marked.map((row) => (row as Row)[column]).filter((value) => value !== undefined));
    return values.size > 2 ? [] : this.table(marked, column);
  }

  private models(): void {
    const rules = new Map<string, string>();
    for (const { name, inputs } of this.plan.models) {
      const columns = inputs.flatMap((input): string[] => (input === 'clinical' ? this.clinicalDesign() : typeof input === 'object' && 'columns' in input ? input.columns : []));
      const read = inputs.flatMap((input) => (typeof input === 'object' && 'prediction' in input ? [input.prediction] : []));
      const earlier = read.map((model) => rules.get(model)).find((rule) => rule !== undefined);
      const rule = earlier ?? this.sumRule(this.rows('training'), (rows) => columns.flatMap((column) => this.indicatorCells(rows, column)));
      if (rule === undefined) continue;
      rules.set(name, rule);
      this.add(`/train/models/${name}`, rule);
      this.add(`/evaluate/modelsWithoutResult/${name}`, rule);
    }
    const fitted = (this.plan.evaluate.models ?? this.plan.models.map(({ name }) => name)).filter((name) => !rules.has(name));
    for (const part of this.plan.evaluate.rows) {
      if (fitted.length === 0) this.add(`/evaluate/rows/${part}`, 'no-model');
      else {
        this.validation(`/evaluate/rows/${part}`, this.rows(part), fitted);
        this.further(`/evaluate/rows/${part}`, this.rows(part), fitted);
      }
    }
    this.leftOut(rules);
    this.explained(rules);
  }

  /** Where a model's training patients lay, and the selected features by site and outcome. */
  private explained(rules: ReadonlyMap<string, string>): void {
    const training = this.rows('training');
    for (const { name } of this.plan.models.filter((model) => !rules.has(model.name))) {
      const columns = this.baseColumns(name);
      const rule = this.sumRule(new Map([...training].map(([site, rows]) => [site, rows.filter((row) => columns.every((column) => row[column.split('=')[0]!] !== undefined))])));
      for (const figure of ['ranges', 'nomogram', 'shap', 'permutationImportance']) this.add(`/explain/models/${name}/${figure}`, rule);
    }
    if (!Array.isArray(this.results.stages.select.selected)) return;
    this.add('/explain/selected/correlation', this.sumRule(training));
    if (this.sumRule(training) !== undefined) return;
    for (const [site, rows] of training) {
      const few = rows.length < PATIENTS ? 'minimum-patients' : Math.min(...this.classes(rows)) < CLASS ? 'minimum-per-class' : undefined;
      for (const figure of ['patients', 'means']) this.add(`/explain/selected/rows/${site}/${figure}`, few);
    }
  }

  /** Columns of the tables behind a model, its earlier models' too. */
  private baseColumns(name: string): string[] {
    const models = new Set(this.plan.models.map((model) => model.name));
    return (this.artefact(name).features as string[]).flatMap((feature) => (models.has(feature) ? this.baseColumns(feature) : [feature]));
  }

  private artefact(name: string): Json {
    return this.results.stages.train.models.find((model: Json) => (model.name ?? model.model) === name).artefact.model;
  }

  private validation(at: string, sites: Sites, models: readonly string[]): void {
    const predict = (model: string) => (row: Row) => predictionOf(this.artefact(model), row);
    for (const [site, rows] of sites) this.siteFigures(`${at}/sites/${site}`, rows, models.map((name) => ({ name, predict: predict(name) })));
    const rule = this.sumRule(sites);
    for (const figure of ['patients', 'events']) this.add(`${at}/pooled/${figure}`, rule);
    for (const model of models) {
      for (const figure of ['auc', 'calibration', 'recalibration', 'hosmerLemeshow', 'decisionCurve', 'roc', 'histogram', 'calibrationBins']) this.add(`${at}/pooled/models/${model}/${figure}`, rule);
      this.add(`${at}/pooled/models/${model}/confusion/0/figures`, this.pooledTableRule(sites, predict(model), rule));
    }
  }

  /** What goes beside the validation: sums that one small site keeps back, and counts that few patients make. */
  private further(at: string, sites: Sites, models: readonly string[]): void {
    const rows = [...sites.values()].flat();
    const sum = this.sumRule(sites) ?? cellsRule(this.classes(rows));
    for (const model of models) {
      for (const figure of ['groups', 'hosmerLemeshow', 'curve']) this.add(`${at}/calibrationCurves/${model}/${figure}`, sum);
      this.add(`${at}/decisionIntervals/${model}/intervals`, this.sumRule(sites));
    }
    const pairs = models.flatMap((before, a) => models.slice(a + 1).map((after) => ({ before: this.artefact(before), after: this.artefact(after) })));
    pairs.forEach(({ before, after }, i) => {
      const changes = rows.map((row) => ({ row, old: predictionOf(before, row), now: predictionOf(after, row) }));
      const among = (holds: (change: (typeof changes)[number]) => boolean) => this.classes(changes.filter(holds).map(({ row }) => row));
      const category = (p: number): number => this.plan.evaluate.riskCategories.filter((cut) => cut <= p).length;
      const categories = this.plan.evaluate.riskCategories.length + 1;
      const cells = Array.from({ length: categories ** 2 }, (_, at_) => among(({ old, now }) => category(old) * categories + category(now) === at_)).flat();
      const moves = [(d: number) => d > 0, (d: number) => d < 0, (d: number) => d === 0].flatMap((holds) => among(({ old, now }) => holds(now - old)));
      const rule = this.sumRule(sites);
      this.add(`${at}/reclassification/${i}/continuousNri`, rule ?? cellsRule(moves));
      this.add(`${at}/reclassification/${i}/idi`, rule);
      for (const figure of ['categoryNri', 'tables']) this.add(`${at}/reclassification/${i}/${figure}`, rule ?? cellsRule(cells));
    });
    for (const { column, values } of this.plan.evaluate.subgroups) this.subgroups(`${at}/subgroups/${column}`, sites, { column, values: values!, models });
  }

  /** A site tells none of a column's groups where one of them, or those in none, has a few of a class. */
  private subgroups(at: string, sites: Sites, { column, values, models }: { column: string; values: readonly (string | number)[]; models: readonly string[] }): void {
    const inGroup = (value: string | number) => (row: Row) => row[column] !== undefined && String(row[column]) === String(value);
    const cells = (rows: readonly Row[]) => [...values.flatMap((value) => this.classes(rows.filter(inGroup(value)))), ...this.classes(rows.filter((row) => !values.some((value) => inGroup(value)(row))))];
    const rule = this.sumRule(sites) ?? firstRule(sites, (rows) => cellsRule(cells(rows)));
    for (const value of values) {
      const own = rule ?? cellsRule(this.classes([...sites.values()].flat().filter(inGroup(value))));
      for (const figure of ['patients', 'events']) this.add(`${at}/groups/${value}/${figure}`, own);
      for (const model of models) for (const figure of ['auc', 'observedOverExpected', 'logObservedOverExpected']) this.add(`${at}/groups/${value}/models/${model}/${figure}`, own);
    }
  }

  /** A site's own figures: nothing below the minima, no small cell in what would leave. */
  private siteFigures(at: string, rows: readonly Row[], models: readonly { name: string; predict: (row: Row) => number }[]): void {
    const [nonEvents, events] = this.classes(rows);
    const few = rows.length < PATIENTS ? 'minimum-patients' : Math.min(nonEvents, events) < CLASS ? 'minimum-per-class' : undefined;
    this.add(`${at}/patients`, rows.length < PATIENTS ? 'minimum-patients' : undefined);
    this.add(`${at}/classes`, few);
    models.slice(1).forEach((_, i) => this.add(`${at}/comparisons/${i}/difference`, few));
    for (const { name, predict } of models) {
      for (const figure of ['auc', 'calibration', 'recalibration', 'decisionCurve', 'roc', 'histogram', 'calibrationBins']) this.add(`${at}/models/${name}/${figure}`, few);
      const groups = Array.from({ length: 10 }, (_, g) => rows.filter((row) => Math.min(9, Math.floor(predict(row) * 10)) === g).length);
      this.add(`${at}/models/${name}/hosmerLemeshow`, few ?? (groups.some(small) ? 'minimum-bin' : undefined));
      this.add(`${at}/models/${name}/confusion/0/figures`, few ?? cellsRule(this.confusion(rows, predict)));
    }
  }

  private confusion(rows: readonly Row[], predict: (row: Row) => number): number[] {
    return [true, false].flatMap((positive) => this.classes(rows.filter((row) => predict(row) >= 0.5 === positive)));
  }

  /** A pooled table must not give back a hidden one: not with the others shown, and not by a small difference. */
  private pooledTableRule(sites: Sites, predict: (row: Row) => number, sum: string | undefined): string | undefined {
    const tables = [...sites.values()].map((rows) => ({ cells: this.confusion(rows, predict), hidden: this.hidesTable(rows, predict) }));
    const hidden = tables.filter((one) => one.hidden);
    if (hidden.length === 0) return undefined;
    if (hidden.length === 1) return 'complement';
    if (sum !== undefined) return sum;
    const total = (list: typeof tables) => [0, 1, 2, 3].map((cell) => list.reduce((n, { cells }) => n + cells[cell]!, 0));
    return cellsRule([...total(tables), ...total(hidden)]);
  }

  private hidesTable(rows: readonly Row[], predict: (row: Row) => number): boolean {
    return rows.length < PATIENTS || Math.min(...this.classes(rows)) < CLASS || this.confusion(rows, predict).some(small);
  }

  /** Models refitted without a site stand in its results, not in the run's: their predictions are those of the training without it. */
  private leftOut(rules: ReadonlyMap<string, string>): void {
    const options = this.plan.evaluate.leaveOneSiteOut;
    if (options === null) return;
    const rows = this.rows(options.rows === 'training' ? 'training' : 'all');
    for (const name of options.models ?? this.plan.models.map((model) => model.name)) {
      if (rules.has(name)) throw new Error('The examples leave sites out only for models that every site may train.');
      for (const [site, own] of rows) {
        const others = [...rows].flatMap(([other, list]) => (other === site ? [] : list));
        const predict = this.refitted(name, others);
        const at = `/evaluate/leaveOneSiteOut/sites/${site}`;
        this.siteFigures(at, own, [{ name, predict }]);
      }
    }
  }

  /** Unpenalised logistic regression by plain Newton steps on the pooled rows of the other sites. */
  private refitted(name: string, rows: readonly Row[]): (row: Row) => number {
    const { features } = this.artefact(name) as { features: string[] };
    const scale = features.map((feature) => meanAndSd(rows.map((row) => Number(row[feature]))));
    const design = (row: Row): number[] => [1, ...features.map((feature, j) => (Number(row[feature]) - scale[j]!.mean) / scale[j]!.sd)];
    const X = rows.map(design);
    let b = X[0]!.map(() => 0);
    for (let step = 0; step < 30; step++) {
      const p = X.map((x) => 1 / (1 + Math.exp(-dot(x, b))));
      const gradient = b.map((_, j) => X.reduce((sum, x, i) => sum + x[j]! * (this.event(rows[i]!)! - p[i]!), 0));
      const hessian = b.map((_, j) => b.map((__, k) => X.reduce((sum, x, i) => sum + x[j]! * x[k]! * p[i]! * (1 - p[i]!), 0)));
      b = b.map((value, j) => value + solve(hessian, gradient)[j]!);
    }
    return (row) => 1 / (1 + Math.exp(-dot(design(row), b)));
  }
}

const known = (sites: Sites, column: string): Sites => new Map([...sites].map(([site, rows]) => [site, rows.filter((row) => row[column] !== undefined)]));

function firstRule(sites: Sites, ruleOf: (rows: readonly Row[]) => string | undefined): string | undefined {
  for (const rows of sites.values()) {
    const rule = rows.length === 0 ? undefined : ruleOf(rows);
    if (rule !== undefined) return rule;
  }
  return undefined;
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, j) => sum + x * b[j]!, 0);

function meanAndSd(x: readonly number[]): { mean: number; sd: number } {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  return { mean, sd: Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length) };
}

/** Gaussian elimination with pivoting. */
function solve(A: readonly (readonly number[])[], right: readonly number[]): number[] {
  const M = A.map((row, i) => [...row, right[i]!]);
  const n = M.length;
  for (let c = 0; c < n; c++) {
    const pivot = M.findIndex((row, r) => r >= c && Math.abs(row[c]!) === Math.max(...M.slice(c).map((one) => Math.abs(one[c]!))));
    [M[c], M[pivot]] = [M[pivot]!, M[c]!];
    for (let r = 0; r < n; r++) if (r !== c) M[r] = M[r]!.map((value, k) => value - (M[r]![c]! / M[c]![c]!) * M[c]![k]!);
  }
  return M.map((row, i) => row[n]! / row[i]!);
}

const predictionOf = ({ features, mean, sd, coefficients, intercept }: Json, row: Row): number =>
  1 / (1 + Math.exp(-(features as string[]).reduce((eta, feature, j) => eta + (sd[j] === 0 ? 0 : (coefficients[j] * (Number(row[feature]) - mean[j])) / sd[j]), intercept as number)));
