import { defineConfig } from 'vitest/config';
import { longSuites, longSuitesRun } from './test/suites/long-suites.js';
import { LongestFirst } from './test/suites/longest-first.js';

/** 'import' and 'default' hold by themselves. Named here they would reach require() too, and hand it modules it cannot use. */
const conditions = ['@consilium/source', 'node'];

/** Libraries are tested from their sources; programs that run as processes of their own are tested as built. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['libs/*/src/**/*.spec.ts', 'apps/*/src/**/*.spec.ts', 'test/**/*.spec.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', ...(longSuitesRun(process.env, process.argv.slice(2)) ? [] : longSuites)],
    testTimeout: 180_000,
    hookTimeout: 240_000,
    maxWorkers: 2,
    // Modules keep nothing between calls, so suites share two processes and load each module once; a suite puts back what it changes.
    isolate: false,
    globalSetup: ['test/suites/test-server.ts'],
    sequence: { sequencer: LongestFirst },
  },
});
