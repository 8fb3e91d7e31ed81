/** Walks through the whole product in processes of its own, what fills one message, and a whole pipeline on 600 features without each site: left out of a plain `npm test`. */
export const longSuites = ['test/faults/faults.spec.ts', 'test/docs/tutorial.spec.ts', 'test/e2e/demo.spec.ts', 'test/oracle/large-batch.spec.ts', 'libs/study/src/run/pipeline/all-features.spec.ts'] as const;

/** Whether they run: where CONSILIUM_SUITES is `all`, or where suites are named on the command line. */
export function longSuitesRun(environment: Readonly<Record<string, string | undefined>>, words: readonly string[]): boolean {
  const named = words.filter((word) => !word.startsWith('-') && word !== 'run' && word !== 'watch');
  return environment['CONSILIUM_SUITES'] === 'all' || named.length > 0;
}

export const longSuitesLeftOut = `The long suites are left out: ${longSuites.join(', ')}. With them, as continuous integration does it: npm run test:all\n`;
