import type { Rendering, Value } from '@consilium/protocol';

const VALUES_SHOWN = 1000;
const ITEMS_SHOWN = 20;

export function renderValue(value: Value): Rendering {
  const leaves = countLeaves(value);
  const complete = leaves <= VALUES_SHOWN;
  return { numbers: countNumbers(value), complete, content: complete ? plain(value) : summary(value) };
}

const isRecord = (value: Value): value is { readonly [key: string]: Value | undefined } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Float64Array);

const children = (value: Value): readonly Value[] =>
  Array.isArray(value) ? (value as readonly Value[]) : isRecord(value) ? Object.values(value).filter((item) => item !== undefined) : [];

const countLeaves = (value: Value): number =>
  value instanceof Float64Array ? value.length : typeof value === 'object' && value !== null ? children(value).reduce<number>((total, item) => total + countLeaves(item), 0) : 1;

const countNumbers = (value: Value): number =>
  value instanceof Float64Array ? value.length : typeof value === 'number' ? 1 : children(value).reduce<number>((total, item) => total + countNumbers(item), 0);

function plain(value: Value): unknown {
  if (value instanceof Float64Array) return Array.from(value);
  if (Array.isArray(value)) return (value as readonly Value[]).map(plain);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined).map(([key, item]) => [key, plain(item!)]));
  return value;
}

function summary(value: Value): unknown {
  if (value instanceof Float64Array) return value.length <= ITEMS_SHOWN ? Array.from(value) : summaryOfNumbers(value);
  if (Array.isArray(value)) {
    const items = value as readonly Value[];
    return items.length <= ITEMS_SHOWN ? items.map(summary) : { items: items.length, first: items.slice(0, 3).map(summary) };
  }
  if (!isRecord(value)) return value;
  const members = Object.entries(value).filter(([, item]) => item !== undefined);
  const shown = members.slice(0, ITEMS_SHOWN).map(([key, item]) => [key, summary(item!)]);
  return Object.fromEntries(members.length > ITEMS_SHOWN ? [...shown, ['…', `${members.length - ITEMS_SHOWN} more`]] : shown);
}

function summaryOfNumbers(values: Float64Array) {
  let least = Infinity;
  let greatest = -Infinity;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    sum += value;
  }
  return { values: values.length, least, greatest, mean: sum / values.length };
}
