import type { ExtractOptions } from './extract-command.js';

const TEXTS = ['image', 'mask', 'batch', 'settings', 'out'] as const;
const WHOLE_NUMBERS = { threads: 1, perturb: 2, seed: 0 } as const;

/**
 * The options of an `extract` command line in its plain form, `--name value` with names and values as the command knows them; null for everything else, such as `--help`, `--name=value` or a
 * mistake, which the command's own parser then reads and explains. That parser takes as long to load as a small mask to be read, and a batch system starts one process a case.
 */
export function plainArguments(args: readonly string[]): ExtractOptions | null {
  const given = new Map<string, string>();
  for (let i = 0; i < args.length; i += 2) {
    const [name, value] = [args[i]!, args[i + 1]];
    if (!name.startsWith('--') || value === undefined || value.startsWith('-') || given.has(name.slice(2))) return null;
    given.set(name.slice(2), value);
  }
  const options: Record<string, unknown> = { threads: 1, seed: 1 };
  for (const [name, text] of given) {
    const value = valueOf(name, text);
    if (value === null) return null;
    options[name] = value;
  }
  return given.has('settings') && given.has('out') ? (options as unknown as ExtractOptions) : null;
}

function valueOf(name: string, text: string): unknown {
  if (TEXTS.some((known) => known === name)) return text;
  if (name === 'format') return text === 'csv' || text === 'json' ? text : null;
  if (name === 'label') return text === 'all' ? text : /^[1-9]\d{0,8}(,[1-9]\d{0,8})*$/.test(text) ? text.split(',').map(Number) : null;
  if (!Object.hasOwn(WHOLE_NUMBERS, name) || !/^\d{1,9}$/.test(text)) return null;
  const value = Number(text);
  return value >= WHOLE_NUMBERS[name as keyof typeof WHOLE_NUMBERS] ? value : null;
}
