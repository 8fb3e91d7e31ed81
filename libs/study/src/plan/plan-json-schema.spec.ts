import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { planJsonSchema } from './plan-json-schema.js';
import { planSchema } from './plan-schema.js';

const docs = (name: string) => fileURLToPath(new URL(`../../../../docs/${name}`, import.meta.url));

describe('the published schema of plans', () => {
  it('is the one that parses them (vitest -u writes it anew)', async () => {
    await expect(planJsonSchema()).toMatchFileSnapshot(docs('reference-analysis-plan.schema.json'));
  });

  it('has a line in the reference page for every setting', () => {
    const page = readFileSync(docs('reference-analysis-plan.md'), 'utf8');
    const missing = Object.keys(planSchema.shape).filter((setting) => !page.includes(`| \`${setting}\` |`));
    expect(missing).toEqual([]);
  });
});
