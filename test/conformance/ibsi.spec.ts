import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compare, CONFIGURATIONS } from './ibsi.mjs';

const data = process.env['CONSILIUM_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));

describe.skipIf(!existsSync(`${data}/ibsi`))('IBSI 1 (needs the shared data)', () => {
  it('every row of the digital phantom is within its tolerance', async () => {
    const rows = await compare(CONFIGURATIONS[0]!);
    expect(rows.filter(({ outcome }) => outcome === 'misses')).toStrictEqual([]);
    expect(rows.filter(({ outcome }) => outcome === 'conforms').length).toBe(482);
  });
});
