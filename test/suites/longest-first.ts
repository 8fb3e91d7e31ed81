import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, in that order: begun first, they end together with the many short ones instead of after them. */
const longest = [
  'test/faults/faults.spec.ts',
  'test/docs/tutorial.spec.ts',
  'test/e2e/demo.spec.ts',
  'apps/coordinator/src/federation/durable-run.spec.ts',
  'test/oracle/networked.spec.ts',
  'test/oracle/in-process.spec.ts',
  'test/oracle/large-batch.spec.ts',
  'test/e2e/refusals.spec.ts',
  'test/oracle/standard.spec.ts',
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
