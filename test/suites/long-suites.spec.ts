import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { longSuites, longSuitesLeftOut, longSuitesRun } from './long-suites.js';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

describe('the long suites', () => {
  it('are left out of a plain npm test, which says so and how to run them', () => {
    expect(longSuitesRun({}, ['run'])).toBe(false);
    expect(longSuitesRun({}, ['run', '--reporter=json'])).toBe(false);
    for (const suite of longSuites) expect(longSuitesLeftOut).toContain(suite);
    expect(longSuitesLeftOut).toContain('npm run test:all');
  });

  it('run when all suites are asked for, and when they are named', () => {
    expect(longSuitesRun({ CONSILIUM_SUITES: 'all' }, ['run'])).toBe(true);
    expect(longSuitesRun({}, ['run', 'test/docs'])).toBe(true);
  });

  it('exist, and continuous integration runs them', () => {
    for (const suite of longSuites) expect(existsSync(path(suite)), suite).toBe(true);
    expect(readFileSync(path('.ci/run'), 'utf8')).toMatch(/^CONSILIUM_SUITES=all npm test$/m);
  });
});
