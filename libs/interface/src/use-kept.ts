import { useEffect, useState } from 'react';

/**
 * State that a reload does not lose: kept by this tab for the page it is on, under a name that is its own on the page, and gone with the tab. For what is too long for an
 * address, or belongs to one reader: a draft, the order of a table.
 */
export function useKept<T>(name: string, start: T): readonly [T, (next: T) => void] {
  const key = `consilium ${window.location.pathname} ${name}`;
  const [value, setValue] = useState<T>(() => read(key, start));
  useEffect(() => write(key, value, start), [key, value, start]);
  return [value, setValue];
}

function read<T>(key: string, start: T): T {
  try {
    const kept = window.sessionStorage.getItem(key);
    return kept === null ? start : (JSON.parse(kept) as T);
  } catch {
    // A browser that keeps nothing, or a text of another version.
    return start;
  }
}

function write<T>(key: string, value: T, start: T): void {
  try {
    if (value === start) window.sessionStorage.removeItem(key);
    else window.sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // The page works without it.
  }
}
