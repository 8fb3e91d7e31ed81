import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/suites/longest-first.js';

/** 'import' and 'default' hold by themselves. Named here they would reach require() too, and hand it modules it cannot use. */
const conditions = ['@consilium/source', 'node'];

const exclude = ['**/node_modules/**', '**/dist/**'];

/** Libraries are tested from their sources; programs that run as processes of their own are tested as built. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    testTimeout: 180_000,
    hookTimeout: 240_000,
    maxWorkers: 2,
    globalSetup: ['test/suites/test-server.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'programs', include: ['apps/*/src/**/*.spec.ts', 'test/**/*.spec.ts'], exclude } },
      // Libraries keep nothing between calls: their suites share a process and load each module once.
      { extends: true, test: { name: 'libraries', include: ['libs/*/src/**/*.spec.ts'], exclude, isolate: false } },
    ],
  },
});
