import type { ExtractionSettings } from './settings.js';

/** Changes whenever the same voxels and settings would give another figure: results of two engines are compared only when it is equal. */
export const ENGINE_VERSION = '2';

/** Settings as one text: equal texts mean equal settings, whatever the file's order of keys, comments and defaults. For digests. */
export function settingsText(settings: ExtractionSettings): string {
  return JSON.stringify(settings, (_key, value: unknown) => {
    if (value instanceof Map) return [...value.entries()];
    if (value && typeof value === 'object' && !Array.isArray(value)) return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
    return value;
  });
}
