import type { Value } from '@consilium/protocol';

/** A result as JSON data: blocks become arrays, what is not a finite number null, and members that are undefined are left out. */
export function jsonValue(value: unknown): Value {
  if (value instanceof Float64Array || Array.isArray(value)) return Array.from(value as ArrayLike<unknown>, jsonValue);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value !== 'object') throw new TypeError(`A ${typeof value} is no JSON data.`);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, jsonValue(member)]));
}
