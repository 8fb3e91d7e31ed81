/**
 * Numbers as people read them. Values are rounded once, here; tables keep the full figure for CSV and JSON. Minus is U+2212, a range U+2013, and
 * a narrow no-break space stands before units and between thousands from 10 000.
 */
const THIN = '\u202f';
export const DASH = '–';
export const MINUS = '\u2212';

/** Figures after the point by what a number is. */
const places = { auc: 2, sensitivity: 2, slope: 2, ratio: 2, kappa: 2, brier: 3, difference: 3, netBenefit: 3, coefficient: 3, statistic: 2 } as const;
export type NumberKind = keyof typeof places;

const signed = (text: string): string => (/^-0(\.0*)?$/.test(text) ? text.slice(1) : text.replace('-', MINUS));

/** A number with fixed places; "not available" is the caller's to say. */
export const fixed = (value: number, digits: number): string => signed(value.toFixed(digits));

export const number = (value: number, kind: NumberKind): string => fixed(value, places[kind]);

/** With its sign, for differences: +0.031. */
export const change = (value: number, kind: NumberKind = 'difference'): string => {
  const text = number(value, kind);
  return text.startsWith(MINUS) || Number(value.toFixed(places[kind])) === 0 ? text : `+${text}`;
};

/** 0.81–0.92, and "to" where a bound is negative. */
export function range(low: number, high: number, kind: NumberKind): string {
  const [from, to] = [number(low, kind), number(high, kind)];
  return low < 0 || high < 0 ? `${from} to ${to}` : `${from}${DASH}${to}`;
}

/** 0.87 (95% CI 0.81–0.92); in a table whose head says 95% CI, without the words. */
export function estimate(value: number, interval: Bounds | null, kind: NumberKind, named = true): string {
  if (interval === null) return number(value, kind);
  return `${number(value, kind)} (${named ? '95% CI ' : ''}${range(interval.low, interval.high, kind)})`;
}

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** Exact, two places from 0.10, three below; never 0.000. */
export function pValue(p: number): string {
  if (p < 0.001) return '< 0.001';
  return Number(p.toFixed(3)) < 0.1 ? p.toFixed(3) : p.toFixed(2);
}

/** 26/31 (84%): without decimals below 100. */
export function share(part: number, whole: number): string {
  return whole === 0 ? `${count(part)}/0` : `${count(part)}/${count(whole)} (${percent(part / whole, whole)})`;
}

export const percent = (value: number, of = 0): string => `${fixed(100 * value, of < 100 ? 0 : 1)}%`;

/** 9170, and 12 345 with narrow spaces. */
export function count(value: number): string {
  const text = Math.abs(value) < 10_000 ? String(Math.abs(value)) : String(Math.abs(value)).replace(/\B(?=(\d{3})+$)/g, THIN);
  return value < 0 ? `${MINUS}${text}` : text;
}

/** A number of no known kind: up to four significant figures. */
export function plain(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e9) return count(value);
  if (size !== 0 && (size < 0.001 || size >= 100_000)) {
    const [mantissa, exponent] = value.toExponential(2).split('e') as [string, string];
    return `${signed(mantissa)}×10${superscript(Number(exponent))}`;
  }
  return signed(String(Number(value.toPrecision(4))));
}

const superscript = (value: number): string =>
  [...String(value)].map((digit) => (digit === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!)).join('');

/** kB is 1000 bytes. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [amount, unit] = [value, 0];
  while (amount >= 999.5 && unit < units.length - 1) [amount, unit] = [amount / 1000, unit + 1];
  return `${unit === 0 || amount >= 9.95 ? Math.round(amount) : amount.toFixed(1)}${THIN}${units[unit]!}`;
}

/** 4 min 20 s; 1.4 s below ten seconds; the two largest units. */
export function duration(seconds: number): string {
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)}${THIN}ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)}${THIN}s`;
  const whole = Math.round(seconds);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  return parts.slice(first, first + 2).filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount}${THIN}${unit}`).join(' ');
}

/** Time left, rounded as people say it: about 12 min. */
export function roughly(seconds: number): string {
  if (seconds < 50) return 'under a minute';
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `about ${minutes <= 12 ? minutes : Math.round(minutes / 5) * 5}${THIN}min`;
  const hours = minutes / 60;
  return hours < 36 ? `about ${hours < 5 ? Math.round(hours * 2) / 2 : Math.round(hours)}${THIN}h` : `about ${Math.round(hours / 24)} days`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** 23 Nov 2026 (UTC). */
export function day(time: string | number | Date): string {
  const at = new Date(time);
  return `${at.getUTCDate()} ${months[at.getUTCMonth()]!} ${at.getUTCFullYear()}`;
}

/** 23 Nov 2026, 09:41 UTC. */
export function moment(time: string | number | Date, options: { readonly seconds?: boolean } = {}): string {
  return `${day(time)}, ${clockTime(time, options)} UTC`;
}

/** 09:41 or 09:41:07, in UTC. */
export function clockTime(time: string | number | Date, { seconds = false }: { readonly seconds?: boolean } = {}): string {
  const at = new Date(time);
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}${seconds ? `:${two(at.getUTCSeconds())}` : ''}`;
}

/** How long ago, below an hour; the moment itself beyond. */
export function ago(time: string | number | Date, now: number): string {
  const seconds = Math.max(0, (now - new Date(time).getTime()) / 1000);
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${Math.round(seconds)}${THIN}s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)}${THIN}min ago`;
  return moment(time);
}

/** 9f3c·21ab: eight figures of a digest; copying gives all. */
export const shortDigest = (digest: string): string => `${digest.slice(0, 4)}·${digest.slice(4, 8)}`;

/** Words in a row: "A", "A and B", "A, B and C". */
export function list(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`;
}

export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;
