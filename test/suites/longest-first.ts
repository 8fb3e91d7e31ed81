import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, in that order: begun first, they end together with the many short ones instead of after them. */
const longest = [
  'test/faults/faults.spec.ts',
  'test/docs/tutorial.spec.ts',
  'test/oracle/in-process.spec.ts',
  'test/browser/browser.spec.ts',
  'test/e2e/demo.spec.ts',
  'test/oracle/networked.spec.ts',
  'apps/coordinator/src/federation/durable-run.spec.ts',
  'libs/database/src/server/supervisor.spec.ts',
  'test/e2e/refusals.spec.ts',
  'apps/cli/src/simulate-plan.spec.ts',
  'test/faults/extraction.spec.ts',
  'apps/site-agent/src/agent/kill-agent.spec.ts',
  'libs/study/src/run/pipeline/pipeline.spec.ts',
  'libs/federation/src/forest/forest.spec.ts',
  'test/oracle/large-batch.spec.ts',
];

/** The order of the suites' files. A file that is not named keeps its place behind those that are. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = longest.indexOf(relative(this.ctx.config.root, moduleId));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
