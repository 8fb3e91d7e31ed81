import { wilson } from '@consilium/charts';

/** A cell of a table in the report: what is read, and the value it carries. */
export interface ShownCell {
  readonly text: string;
  readonly value: number | null;
}

export interface ShownTable {
  /** A figure's name, or the caption of a table. */
  readonly id: string;
  /** `combined · held-out test rows`; empty where the title says all. */
  readonly of: string;
  readonly rows: readonly Readonly<Record<string, ShownCell>>[];
}

// Whatever is in results.json: the page is compared with it, not with types.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

const decoded = (markup: string): string => markup.replaceAll(/<svg.*?<\/svg>|<[^>]+>/gs, '').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
const attribute = (tag: string, name: string): string | undefined => tag.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1];

/** Every table of figures and results, as it stands in the page. */
export function shownTables(html: string): ShownTable[] {
  return [...html.matchAll(/<table data-table="([^"]*)"[^>]*>(.*?)<\/table>/gs)].map((found) => {
    const block = html.slice(0, found.index).match(/.*<(?:figure|div class="own-table")( [^>]*)?>/s)?.[1] ?? '';
    const rows = [...found[2]!.matchAll(/<tr>(.*?)<\/tr>/gs)].slice(1).map(([, row]) =>
      Object.fromEntries([...row!.matchAll(/<(t[dh])([^>]*)>(.*?)<\/\1>/gs)].map(([, , tag, inner]) => {
        const value = attribute(tag!, 'data-value');
        return [attribute(tag!, 'data-key')!, { text: decoded(inner!), value: value === undefined ? null : Number(value) }];
      })),
    );
    return { id: decoded(found[1]!), of: decoded(attribute(block, 'data-of') ?? ''), rows };
  });
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Whether a text is the value, rounded once: to the places it shows, as a share of a count, as a power of ten. */
export function isRounded(text: string, value: number): boolean {
  const plain = text.replaceAll('\u2212', '-').replaceAll('\u202f', '');
  if (plain.startsWith('< ')) return value < Number(plain.slice(2));
  const share = plain.match(/^(\d+)\/(\d+) \((\d+(?:\.(\d+))?)%\)/);
  if (share) return (Number(share[1]) === value || near(Number(share[1]) / Number(share[2]), value)) && within((100 * Number(share[1])) / Number(share[2]), Number(share[3]), share[4]?.length ?? 0);
  const power = plain.match(/^(-?\d+\.\d+)×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/);
  if (power) return Math.abs(value / 10 ** Number([...power[2]!].map((digit) => (digit === '⁻' ? '-' : superscripts.indexOf(digit))).join('')) - Number(power[1])) <= 0.0050001;
  const number = plain.match(/^([+-]?\d+(?:\.(\d+))?)(%?)/);
  return number !== null && within(number[3] === '%' ? 100 * value : value, Number(number[1]), number[2]?.length ?? 0);
}

const within = (value: number, shown: number, places: number): boolean => Math.abs(value - shown) <= Math.max(0.5 * 10 ** -places, places === 0 && Math.abs(value) >= 1000 ? 0.0005 * Math.abs(value) : 0) * (1 + 1e-9);
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
const key = (value: number): string => value.toPrecision(12);

const Z = 1.959963984540054;
const labels: Readonly<Record<string, string>> = { 'leave one site out': 'leave-one-site-out', 'held-out test rows': 'test', 'all rows (apparent in part)': 'all', 'training rows (apparent)': 'training' };

/** What may stand in the report: numbers of results.json, and what follows from them by the formulas below, computed here anew. */
export class ResultNumbers {
  private readonly direct = new Set<string>();
  private readonly derived = new Set<string>();

  constructor(private readonly results: Json) {
    this.walk(results);
    this.caseMix();
  }

  /** Why a cell has no source; null where it has one. */
  problem(table: ShownTable, row: number, column: string): string | null {
    const { value, text } = table.rows[row]![column]!;
    if (value === null) return null;
    const where = `${table.id} (${table.of}), row ${row + 1}, ${column}: ${text}`;
    if (!isRounded(text, value)) return `${where} is not ${value} rounded`;
    if (this.direct.has(key(value)) || this.derived.has(key(value)) || this.follows(table, row, column, value)) return null;
    return `${where}: ${value} is not in results.json and does not follow from it`;
  }

  /** The figures of a model at a hospital, or pooled. */
  at(of: string, place: string): Json {
    const [model, label] = of.split(' · ') as [string, string];
    const evaluate = this.results.stages.evaluate;
    const id = labels[label]!;
    const rows = id === 'leave-one-site-out' ? evaluate.leaveOneSiteOut : evaluate.rows[id];
    const own = place === 'All hospitals' ? rows.pooled : rows.sites.find((one: Json) => one.site === place);
    return { rows, model, own, figures: own?.models.find((one: Json) => one.model === model) };
  }

  private follows(table: ShownTable, row: number, column: string, value: number): boolean {
    const cells = table.rows[row]!;
    const is = (expected: number): boolean => near(value, expected);
    if (column === 'rate') return is(cells['events']!.value! / cells['patients']!.value!);
    if (column === 'weight') return near(table.rows.reduce((sum, one) => sum + (one['weight']?.value ?? 0), 0), 1) && value > 0 && value <= 1;
    if (column === 'hundred') return is(100 * cells['benefit']!.value!);
    if (table.id === 'calibration') return this.calibration(table, row, column, value);
    if (table.id === 'nomogram') return this.nomogram(table, row, column, value);
    return false;
  }

  /** Groups of risk: together they hold what the bins hold; shares and intervals follow from their counts. */
  private calibration(table: ShownTable, row: number, column: string, value: number): boolean {
    const { row: place, n, events } = table.rows[row]!;
    if (column === 'observed') return near(value, events!.value! / n!.value!);
    if (column === 'low' || column === 'high') return near(value, wilson(events!.value!, n!.value!)[column]);
    const own = table.rows.filter((one) => one['row']!.text === place!.text);
    const bins = this.at(table.of, place!.text).figures.calibrationBins;
    const sum = (list: Json[], of: (one: Json) => number): number => list.reduce((total: number, one: Json) => total + of(one), 0);
    return near(sum(own, (one) => one.predicted.value * one.n.value), sum(bins, (bin) => bin.expected)) && sum(own, (one) => one.n.value) === sum(bins, (bin) => bin.n);
  }

  /** Points are linear in the value, all inputs in one unit of log-odds: that of the longest scale. */
  private nomogram(table: ShownTable, row: number, column: string, value: number): boolean {
    const coefficients: Json[] = this.results.stages.train.models.find((one: Json) => one.name === table.of)?.coefficients ?? [];
    const term = (one: Readonly<Record<string, ShownCell>>): number => {
      const level = coefficients.find(({ name }) => name === `${one['row']!.text}=${one['value']!.text}`)?.estimate;
      const slope = coefficients.find(({ name }) => name === one['row']!.text)?.estimate;
      return level ?? (slope === undefined ? 0 : slope * (one['value']!.value ?? Number(one['value']!.text)));
    };
    if (column === 'value') return coefficients.some(({ name }) => name === table.rows[row]!['row']!.text);
    const first = (name: string) => table.rows.find((one) => one['row']!.text === name)!;
    const longest = table.rows.reduce((best, one) => (one['points']!.value! > best['points']!.value! ? one : best));
    const least = table.rows.filter((one) => one['row']!.text === longest['row']!.text).reduce((low, one) => (one['points']!.value! < low['points']!.value! ? one : low));
    const unit = (term(longest) - term(least)) / (longest['points']!.value! - least['points']!.value!);
    const start = first(table.rows[row]!['row']!.text);
    return Math.abs(value - start['points']!.value! - (term(table.rows[row]!) - term(start)) / unit) < 1e-6 && longest['points']!.value! <= 100 + 1e-9;
  }

  private walk(value: Json): void {
    if (typeof value === 'number') this.direct.add(key(value));
    if (typeof value !== 'object' || value === null) return;
    const add = (...numbers: number[]): void => numbers.forEach((one) => this.derived.add(key(one)));
    const { estimate, standardError, logObservedOverExpected: log, netBenefit, treatAll, below, from } = value;
    if (typeof estimate === 'number' && typeof standardError === 'number') add(...[-Z, Z].flatMap((z) => [estimate + z * standardError, Math.exp(estimate + z * standardError)]));
    if (log?.hartungKnapp) add(...[log.hartungKnapp.estimate, ...[log.hartungKnapp.confidence, log.hartungKnapp.prediction].flatMap((one: Json) => (one ? [one.low, one.high] : []))].map(Math.exp));
    if (typeof netBenefit === 'number' && typeof treatAll === 'number') add(netBenefit - treatAll);
    if (typeof from === 'number' && typeof below === 'number') add((from + below) / 2);
    if (value.classes?.events !== undefined) for (const model of value.models) this.netBenefits(value.classes, model.decisionCurve);
    if (value.figures?.counts !== undefined && typeof value.threshold === 'number') {
      const { tp, fp, fn, tn } = value.figures.counts;
      const [n, odds] = [tp + fp + fn + tn, value.threshold / (1 - value.threshold)];
      add((tp - odds * fp) / n);
      this.netBenefits({ events: tp + fn, nonEvents: fp + tn }, [{ threshold: value.threshold, netBenefit: (tp - odds * fp) / n, truePositives: tp, falsePositives: fp }]);
    }
    if (value.candidates !== undefined && value.correlation) add(...droppedBySteps(value));
    for (const item of Object.values(value)) this.walk(item);
  }

  /** Normal intervals of net benefit: variance (TP + w² FP − n NB²) / n². */
  private netBenefits({ events, nonEvents }: Json, curve: Json): void {
    if (!Array.isArray(curve)) return;
    const n = events + nonEvents;
    for (const { threshold, netBenefit, truePositives, falsePositives } of curve) {
      const error = Math.sqrt(Math.max(0, truePositives + (threshold / (1 - threshold)) ** 2 * falsePositives - n * netBenefit ** 2)) / n;
      for (const z of [-Z, Z]) this.derived.add(key(netBenefit + z * error));
    }
  }

  private caseMix(): void {
    const { training, test } = this.results.stages.describe.cohort;
    if (!test?.numbers) return;
    training.numbers.forEach(({ all }: Json, j: number) => {
      const other = test.numbers[j].all;
      if (all && other) this.derived.add(key(Math.abs(other.mean - all.mean) / Math.sqrt((all.sd ** 2 + other.sd ** 2) / 2)));
    });
    training.categories.forEach(({ levels }: Json, j: number) => {
      const share = (list: Json[], i: number): number => (list[i].events + list[i].nonEvents) / list.reduce((sum: number, one: Json) => sum + one.events + one.nonEvents, 0);
      levels?.forEach((_: Json, i: number) => {
        const [p, q] = [share(levels, i), share(test.categories[j].levels, i)];
        this.derived.add(key(Math.abs(q - p) / Math.sqrt((p * (1 - p) + q * (1 - q)) / 2)));
      });
    });
  }
}

/** How many features each step of a selection let go. */
function droppedBySteps({ droppedForMissingValues, constant, test, correlation, lasso }: Json): number[] {
  const failed = test ? test.features.filter((one: Json) => !one.kept && !constant.includes(one.feature)).length : 0;
  const chosen = lasso ? (lasso.choose === '1se' ? lasso.selected1se : lasso.selectedMin).length : correlation.kept;
  return [droppedForMissingValues.length, constant.length, failed, (test?.kept ?? 0) - correlation.kept, correlation.kept - chosen];
}
