import { stepsDigest } from '@consilium/federation/site';
import { describe, expect, it } from 'vitest';
import { requireSameSteps } from './same-steps.js';

describe('a plan that names the steps it was written for', () => {
  it('is taken by the release that has them, and refused by every other; one that names none is taken by all', () => {
    expect(() => requireSameSteps({ methods: stepsDigest() })).not.toThrow();
    expect(() => requireSameSteps({})).not.toThrow();
    expect(() => requireSameSteps({ methods: '0'.repeat(64) })).toThrow('another release');
  });
});
