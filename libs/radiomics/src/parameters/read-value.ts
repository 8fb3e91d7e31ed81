import { hasWavelet } from '../filters/wavelet-filters.js';
import type { Entry, ParameterProblem } from './parameter-document.js';
import { INTERPOLATORS, type Rule } from './setting-rules.js';

/** A number with what Python calls it, which names the LoG images. */
export interface ParameterNumber {
  readonly value: number;
  readonly text: string;
}

export type ParameterValue = null | boolean | string | ParameterNumber | readonly ParameterNumber[];

type Report = (problem: ParameterProblem) => void;

/** The value of an entry under its rule, or undefined when it breaks the rule, which is then reported. Null stands for "not set". */
export function readValue(entry: Entry, rule: Rule, report: Report): ParameterValue | undefined {
  const { value, path, line } = entry;
  const wrong = (sentence: string) => void report({ path, line, sentence });
  if (value.kind === 'null') return null;
  if (rule.kind === 'numbers' || rule.kind === 'wholes') return readNumbers(entry, rule, report);
  if (value.kind !== 'scalar') return wrong(`A single value is expected, not a ${value.kind}.`);
  switch (rule.kind) {
    case 'boolean':
      return typeof value.value === 'boolean' ? value.value : wrong(`true or false is expected, not ${value.text}.`);
    case 'whole':
    case 'number':
      return readNumber(entry, rule, report);
    case 'choice':
      return typeof value.value === 'string' && rule.choices.includes(value.value) ? value.value : wrong(`${value.text} is not one of ${rule.choices.join(', ')}.`);
    case 'wavelet':
      return typeof value.value === 'string' && hasWavelet(value.value) ? value.value : wrong(`${value.text} is not a discrete wavelet of PyWavelets (haar, db1-38, sym2-20, coif1-17, bior, rbio, dmey).`);
    case 'interpolator':
      return readInterpolator(value.value, value.text, wrong);
  }
}

function readInterpolator(value: string | number | boolean, text: string, wrong: (sentence: string) => undefined): string | undefined {
  const known = typeof value === 'number' ? INTERPOLATORS[value - 1] : INTERPOLATORS.find(([name]) => name === value);
  if (!known) return wrong(`${text} is not an interpolator of pyradiomics: ${INTERPOLATORS.map(([name]) => name).join(', ')}.`);
  return known[1] ?? wrong(`${known[0]} is not offered. Use sitkNearestNeighbor, sitkLinear or sitkBSpline.`);
}

function readNumbers(entry: Entry, rule: Extract<Rule, { kind: 'numbers' | 'wholes' }>, report: Report): readonly ParameterNumber[] | undefined {
  const { value, path, line } = entry;
  if (value.kind !== 'list') return void report({ path, line, sentence: 'A list of numbers is expected, for example [1, 1, 1].' });
  const [least, most] = rule.lengths ?? [0, Infinity];
  if (value.items.length < least || value.items.length > most) {
    return void report({ path, line, sentence: `${least === most ? least : `${least} to ${most}`} numbers are expected, not ${value.items.length}.` });
  }
  const numbers = value.items.map((item) => readNumber(item, { ...rule, kind: rule.kind === 'wholes' ? 'whole' : 'number' }, report));
  return numbers.every((number) => number !== undefined) ? numbers : undefined;
}

function readNumber({ value, path, line }: Entry, rule: Extract<Rule, { kind: 'number' | 'whole' }>, report: Report): ParameterNumber | undefined {
  const wrong = (sentence: string) => void report({ path, line, sentence });
  if (value.kind !== 'scalar' || typeof value.value === 'boolean') return wrong(`A number is expected, not ${value.kind === 'scalar' ? value.text : `a ${value.kind}`}.`);
  const number = typeof value.value === 'number' ? value.value : value.value.trim() === '' ? NaN : Number(value.value);
  const whole = /^[-+]?\d+$/.test(value.text.trim());
  if (rule.nan && /^\.?nan$/i.test(value.text)) return { value: NaN, text: 'nan' };
  if (!Number.isFinite(number)) return wrong(`A number is expected, not ${value.text}.`);
  if (rule.kind === 'whole' && !whole) return wrong(`A whole number is expected, not ${value.text}.`);
  if (rule.above !== undefined && !(number > rule.above)) return wrong(`The number must be greater than ${rule.above}; it is ${value.text}.`);
  if (rule.min !== undefined && number < rule.min) return wrong(`The number must be at least ${rule.min}; it is ${value.text}.`);
  if (rule.max !== undefined && number > rule.max) return wrong(`The number must be at most ${rule.max}; it is ${value.text}.`);
  return { value: number, text: whole ? String(number) : pythonFloat(number) };
}

/** A double as Python prints it: always with a point or an exponent. */
function pythonFloat(value: number): string {
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  if (exponent < -4 || exponent >= 16) {
    const [mantissa, power] = value.toExponential().split('e') as [string, string];
    return `${mantissa}e${power[0]}${power.slice(1).padStart(2, '0')}`;
  }
  const text = String(value);
  return Number.isInteger(value) ? `${text}.0` : text;
}
