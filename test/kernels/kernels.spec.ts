import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { carrierOf, KERNELS } from '../../scripts/build-kernels.mjs';

describe('kernels in WebAssembly', () => {
  it.each(KERNELS)('$carrier carries what $source compiles to', async ({ source, carrier }) => {
    const kept = readFileSync(fileURLToPath(new URL(`../../${carrier}`, import.meta.url)), 'utf8');
    expect(kept === (await carrierOf(source)), 'run `npm run kernels` and commit what it writes').toBe(true);
  });
});
