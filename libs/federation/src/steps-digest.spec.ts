import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { siteSteps } from './site-steps.js';
import type { Step } from './step.js';
import { digestOfSteps, stepsDigest } from './steps-digest.js';

describe('the digest of the steps of a release', () => {
  const steps = siteSteps.map(({ step }) => step);
  const changed = (change: Partial<Step>) => digestOfSteps([{ ...steps[0]!, ...change }, ...steps.slice(1)]);

  it('is the same whatever their order, and another for any other name, version, question, answer or rule', () => {
    const digest = digestOfSteps(steps);
    expect(digestOfSteps([...steps].reverse())).toBe(digest);
    const others = [changed({ name: 'other/step' }), changed({ version: 99 }), changed({ kind: 'gather' }), changed({ parameters: z.number() as never }), changed({ contribution: z.strictObject({ other: z.number() }) as never }), changed({ disclosure: { kind: 'sum', limits: [] } }), digestOfSteps(steps.slice(1))];
    expect(new Set([digest, ...others]).size).toBe(others.length + 1);
    expect(stepsDigest()).toMatch(/^[0-9a-f]{64}$/);
  });
});
