import type { Value } from '@consilium/protocol';
import type { Step, Sums } from './step.js';

/**
 * Signs in what sites sent, for people to look at; none of them changes a result. Only what is not masked can be looked at: under masks a coordinator sees sums.
 *
 * - `same`: two sites sent the same numbers, up to a factor: one hospital under two names, or one that repeats another's answer.
 * - `echo`: a site sent back numbers that it was sent: it may compute nothing.
 * - `empty`: a site sent zeros only, where others did not.
 * - `far`: a site lies far from all others, by `figure` times their own spread.
 */
export interface ContributionSign {
  readonly kind: 'same' | 'echo' | 'empty' | 'far';
  readonly sites: readonly string[];
  readonly figure?: number;
}

/** How much of a round rests on a site: of a sum, the share of its term in the terms' lengths; of answers, how far the mean of the sites moves without it, over that mean's length. */
export interface SiteInfluence {
  readonly site: string;
  readonly influence: number;
}

export interface RoundSigns {
  readonly signs: readonly ContributionSign[];
  readonly influence: readonly SiteInfluence[];
}

/** Fewer numbers, or fewer that are not whole, are the same by chance. */
const ENOUGH_NUMBERS = 4;
/** Spreads of the other sites from their middle: hospitals differ, and over few of them a spread is uncertain. */
const FAR_ANSWER = 25;
/** Times the size of the others' terms: hospitals differ in size, and not tenfold. */
const FAR_TERM = 10;
/** 1 - cosine of vectors that are multiples of each other, up to rounding. */
const PARALLEL = 1e-13;

/** Numbers and blocks of one contribution that are looked at; a sign is in the first ones as in all. */
const LOOKED_AT = 20_000;
const BLOCKS_LOOKED_AT = 64;

type Numbers = ReadonlyMap<string, number>;

/** The numbers of a value by their paths. Texts and what is suppressed are left out. */
export function numbersOf(value: Value | undefined, path = '', found = new Map<string, number>()): Map<string, number> {
  if (found.size >= LOOKED_AT) return found;
  if (typeof value === 'number') found.set(path, value);
  else if (value instanceof Float64Array) value.subarray(0, LOOKED_AT).forEach((x, i) => found.set(`${path}/${i}`, x));
  else if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) numbersOf(item, `${path}/${key}`, found);
  return found;
}

function lengthOf(numbers: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < numbers.length; i++) squares += numbers[i]! * numbers[i]!;
  return Math.sqrt(squares);
}

/** Whether at least so many numbers are not whole. */
function areTelling(numbers: ArrayLike<number>, enough = ENOUGH_NUMBERS): boolean {
  let telling = 0;
  for (let i = 0; i < numbers.length && telling < enough; i++) if (!Number.isInteger(numbers[i])) telling++;
  return telling >= enough;
}

const medianOf = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
};

/** Whether two lists hold the same numbers up to one factor, and enough of them to mean something. */
function areParallel(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (!areTelling(a)) return false;
  const [m, n] = [lengthOf(a), lengthOf(b)];
  if (m === 0 || n === 0) return false;
  let squares = 0;
  for (let i = 0; i < a.length && squares / 2 < PARALLEL; i++) squares += (a[i]! / m - b[i]! / n) ** 2;
  return squares / 2 < PARALLEL;
}

/** Signs in the answers of a round, one site each. `sent` is what every site was sent. */
export function answerSigns(step: Pick<Step, 'echoes'>, answers: readonly { readonly site: string; readonly value: Value }[], sent: Value): RoundSigns {
  const numbers = answers.map(({ site, value }) => ({ site, numbers: numbersOf(value) }));
  const signs = step.echoes ? [] : [...sameSigns(numbers), ...emptySigns(numbers), ...numbers.flatMap((one) => echoSigns(one.site, answers.find(({ site }) => site === one.site)!.value, blocksOf(sent)))];
  return { signs: [...signs, ...farSigns(numbers)], influence: influenceOf(numbers) };
}

type Listed = readonly { readonly site: string; readonly numbers: Numbers }[];

function* pairsOf<T>(items: readonly T[]): Generator<readonly [T, T]> {
  for (const [i, one] of items.entries()) for (const other of items.slice(i + 1)) yield [one, other];
}

const common = (a: Numbers, b: Numbers): [number[], number[]] => {
  const paths = [...a.keys()].filter((path) => b.has(path));
  return [paths.map((path) => a.get(path)!), paths.map((path) => b.get(path)!)];
};

function sameSigns(listed: Listed): ContributionSign[] {
  return [...pairsOf(listed)].filter(([one, other]) => areParallel(...common(one.numbers, other.numbers))).map(([one, other]) => ({ kind: 'same', sites: [one.site, other.site] }));
}

function emptySigns(listed: Listed): ContributionSign[] {
  const isEmpty = ({ numbers }: Listed[number]) => numbers.size >= ENOUGH_NUMBERS && [...numbers.values()].every((x) => x === 0);
  const empty = listed.filter(isEmpty);
  return empty.length === listed.length ? [] : empty.map(({ site }) => ({ kind: 'empty', sites: [site] }));
}

/** Blocks of an answer that are a block of what was sent, up to one factor. */
function echoSigns(site: string, answer: Value, given: readonly ArrayLike<number>[]): ContributionSign[] {
  const isEcho = blocksOf(answer).some((block) => given.some((one) => one.length === block.length && areParallel(block, one)));
  return isEcho ? [{ kind: 'echo', sites: [site] }] : [];
}

function blocksOf(value: Value | undefined, found: ArrayLike<number>[] = []): readonly ArrayLike<number>[] {
  if (found.length >= BLOCKS_LOOKED_AT) return found;
  if (value instanceof Float64Array) found.push(value.subarray(0, LOOKED_AT));
  else if (Array.isArray(value) && value.every((item) => typeof item === 'number')) found.push(value);
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) blocksOf(item as Value, found);
  return found;
}

/** The first numbers of a term's blocks, in the order of their names. */
function firstNumbers(sums: Sums): Float64Array {
  const blocks = Object.keys(sums).sort().map((name) => sums[name]!);
  const all = new Float64Array(Math.min(LOOKED_AT, blocks.reduce((total, { length }) => total + length, 0)));
  let at = 0;
  for (const block of blocks) {
    const part = block.subarray(0, all.length - at);
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The middle one of a site's distances to the others, over their own spread; of three sites or more. Whole numbers are counts, which differ with the size of a hospital, and are left out. */
function farSigns(listed: Listed): ContributionSign[] {
  if (listed.length < 3) return [];
  return listed.flatMap(({ site, numbers }) => {
    const others = listed.filter((one) => one.site !== site);
    const distances = [...numbers].flatMap(([path, x]) => {
      if (Number.isInteger(x)) return [];
      const values = others.flatMap((one) => one.numbers.get(path) ?? []);
      if (values.length < 2) return [];
      const middle = medianOf(values);
      const spread = Math.max(medianOf(values.map((value) => Math.abs(value - middle))) * 1.4826, Math.abs(middle) * 0.05);
      return spread === 0 ? [] : [Math.abs(x - middle) / spread];
    });
    const figure = distances.length < ENOUGH_NUMBERS ? 0 : medianOf(distances);
    return figure > FAR_ANSWER ? [{ kind: 'far' as const, sites: [site], figure }] : [];
  });
}

function influenceOf(listed: Listed): SiteInfluence[] {
  if (listed.length < 2) return [];
  const paths = [...listed[0]!.numbers.keys()].filter((path) => listed.every(({ numbers }) => numbers.has(path)));
  const means = paths.map((path) => listed.reduce((sum, { numbers }) => sum + numbers.get(path)!, 0) / listed.length);
  return listed.map(({ site, numbers }) => {
    const without = means.map((mean, i) => (mean * listed.length - numbers.get(paths[i]!)!) / (listed.length - 1));
    const length = lengthOf(without);
    return { site, influence: length === 0 ? 0 : lengthOf(means.map((mean, i) => mean - without[i]!)) / length };
  });
}

/**
 * The same for the terms of a plain sum, one after another as they come. Of each term its length, patients where the step counts them, and its direction in sixteen fixed numbers are kept until the round is closed: too few
 * to find the term from, enough to know it again.
 */
export class TermSigns {
  private readonly terms = new Map<string, { readonly length: number; readonly patients: number; readonly isEmpty: boolean; readonly isTelling: boolean; readonly sketch: readonly number[]; readonly signs: readonly ContributionSign[] }>();

  private readonly given: readonly ArrayLike<number>[];

  constructor(
    private readonly step: Pick<Step, 'echoes'>,
    sent: Value,
  ) {
    this.given = blocksOf(sent);
  }

  add(site: string, sums: Sums): void {
    const all = firstNumbers(sums);
    const length = lengthOf(all);
    const isTelling = areTelling(all);
    const patients = Array.from(sums['n'] ?? []).reduce((sum, n) => sum + n, 0);
    // Patients that were counted and nothing else is as good as nothing.
    const isEmpty = Object.entries(sums).every(([name, block]) => name === 'n' || block.every((x) => x === 0));
    this.terms.set(site, { length, patients, isEmpty, isTelling, sketch: this.step.echoes ? [] : sketchOf(all, length), signs: this.step.echoes ? [] : echoSigns(site, sums, this.given) });
  }

  found(): RoundSigns {
    const terms = [...this.terms].map(([site, term]) => ({ site, ...term }));
    const total = terms.reduce((sum, { length }) => sum + length, 0);
    const influence = terms.map(({ site, length }) => ({ site, influence: total === 0 ? 0 : length / total }));
    if (this.step.echoes) return { signs: [], influence };
    const same = [...pairsOf(terms)].filter(([a, b]) => a.isTelling && b.isTelling && lengthOf(a.sketch.map((x, i) => x - b.sketch[i]!)) ** 2 < PARALLEL).map(([a, b]): ContributionSign => ({ kind: 'same', sites: [a.site, b.site] }));
    const empty = terms.every(({ isEmpty }) => isEmpty) ? [] : terms.filter(({ isEmpty }) => isEmpty).map(({ site }): ContributionSign => ({ kind: 'empty', sites: [site] }));
    return { signs: [...terms.flatMap(({ signs }) => signs), ...same, ...empty, ...largeSigns(terms)], influence };
  }
}

/** A term that is far longer than the others', by patients where the step counts them. */
function largeSigns(terms: readonly { readonly site: string; readonly length: number; readonly patients: number }[]): ContributionSign[] {
  if (terms.length < 3) return [];
  const perPatient = terms.every(({ patients }) => patients > 0);
  const sizes = terms.map(({ length, patients }) => (perPatient ? length / patients : length));
  return terms.flatMap(({ site }, i) => {
    const middle = medianOf(sizes.filter((_, j) => j !== i));
    const figure = middle === 0 ? 0 : sizes[i]! / middle;
    return figure > FAR_TERM ? [{ kind: 'far' as const, sites: [site], figure }] : [];
  });
}

const SKETCH = 16;

/** The direction of a list in a few numbers: sums of it under signs that follow from the places alone. */
function sketchOf(numbers: Float64Array, length: number): number[] {
  const sketch = new Float64Array(SKETCH);
  if (length > 0) {
    for (let i = 0; i < numbers.length; i++) {
      const x = numbers[i]! / length;
      let mix = Math.imul(i + 1, 0x9e3779b1);
      mix = Math.imul(mix ^ (mix >>> 15), 0x85ebca6b);
      mix ^= mix >>> 13;
      for (let k = 0; k < SKETCH; k++) sketch[k]! += x * (((mix >>> k) & 1) * 2 - 1);
    }
  }
  return Array.from(sketch);
}
