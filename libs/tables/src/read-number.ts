import type { DateFormat } from './dictionary.js';

const DECIMAL_COMMA = /^[+-]?\d*,\d+(?:[eE][+-]?\d+)?$/;
const DAY_MILLISECONDS = 86_400_000;
const ZERO = 48;

/**
 * The number a cell writes, NaN when it writes none. Decimal point, optional exponent; no thousands separators, no hexadecimal, no
 * infinities. With `comma`, the decimal sign is a comma.
 */
export function readNumber(cell: string, comma = false): number {
  if (comma) return DECIMAL_COMMA.test(cell) ? Number(cell.replace(',', '.')) : cell.includes('.') ? NaN : readNumber(cell);
  if (cell === '') return NaN;
  const value = Number(cell);
  // Number() also reads 0x1F, 0b1 and 0o7, which are codes in a table, not numbers.
  if (!Number.isFinite(value) || (cell.charCodeAt(0) === ZERO && /^0[xbo]/i.test(cell))) return NaN;
  return value;
}

export const hasDecimalComma = (cell: string): boolean => DECIMAL_COMMA.test(cell);

const BOOLEANS = new Map([['1', 1], ['true', 1], ['yes', 1], ['y', 1], ['是', 1], ['0', 0], ['false', 0], ['no', 0], ['n', 0], ['否', 0]]);

/** 1 for 1, true, yes, y; 0 for 0, false, no, n (any case); else NaN. */
export const readBoolean = (cell: string): number => BOOLEANS.get(cell.toLowerCase()) ?? NaN;

const DATE_PATTERNS: Readonly<Record<DateFormat, { readonly pattern: RegExp; readonly order: readonly ('y' | 'm' | 'd')[] }>> = {
  'YYYY-MM-DD': { pattern: /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$/, order: ['y', 'm', 'd'] },
  'YYYY/MM/DD': { pattern: /^(\d{4})\/(\d{1,2})\/(\d{1,2})(?: .*)?$/, order: ['y', 'm', 'd'] },
  YYYYMMDD: { pattern: /^(\d{4})(\d{2})(\d{2})$/, order: ['y', 'm', 'd'] },
  'DD.MM.YYYY': { pattern: /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/, order: ['d', 'm', 'y'] },
  'DD/MM/YYYY': { pattern: /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/, order: ['d', 'm', 'y'] },
  'MM/DD/YYYY': { pattern: /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/, order: ['m', 'd', 'y'] },
};

/** Days since 1 January 1970 of a calendar date; NaN when the cell is no date of that format (31 February is none). */
export function readDate(cell: string, format: DateFormat): number {
  const { pattern, order } = DATE_PATTERNS[format];
  const match = pattern.exec(cell);
  if (!match) return NaN;
  const part = (name: 'y' | 'm' | 'd') => Number(match[order.indexOf(name) + 1]);
  const [year, month, day] = [part('y'), part('m'), part('d')];
  const milliseconds = Date.UTC(year, month - 1, day);
  const date = new Date(milliseconds);
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? milliseconds / DAY_MILLISECONDS : NaN;
}

export interface Censored {
  /** -1: the true value is below the limit; 1: above it. */
  readonly side: -1 | 1;
  readonly limit: number;
}

/** `<500`, `≤ 500`, `>1000`: the limit and on which side of it the true value lies; null for other cells. */
export function readCensored(cell: string, comma: boolean): Censored | null {
  const match = /^([<>≤≥]|<=|>=)\s*(\S+)$/.exec(cell);
  if (!match) return null;
  const limit = readNumber(match[2]!, comma);
  return Number.isNaN(limit) ? null : { side: /[<≤]/.test(match[1]!) ? -1 : 1, limit };
}
