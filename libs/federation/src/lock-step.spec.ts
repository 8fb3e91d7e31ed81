import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { RoundRefused } from './federation.js';
import { lockStepFederation, type RoundCall, type RoundExecutor, type RoundOutcome } from './lock-step.js';
import { block, type GatherStep, type SumStep } from './step.js';

type Question = { ask: string };
const question = z.strictObject({ ask: z.string() });
const count: SumStep<Question, { n: Float64Array }> = {
  name: 'spec/count',
  version: 1,
  kind: 'sum',
  parameters: question,
  contribution: z.strictObject({ n: block() }),
  disclosure: { kind: 'sum', limits: [] },
};
const each: GatherStep<Question, string> = { name: 'spec/each', version: 1, parameters: question, kind: 'gather', contribution: z.string(), disclosure: { kind: 'per-site', limits: [] } };
const view = { outcome: 'y', features: [], rows: [] };
const ask = (text: string) => ({ view, parameters: { ask: text } });

/** Answers every call with the number of its sites and writes down the batches. */
function scriptedExecutor(answer?: (call: RoundCall) => RoundOutcome) {
  const batches: string[][] = [];
  const executor: RoundExecutor = {
    async execute(batch) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      batches.push(batch.map((call) => `${call.path} ${(call.request.parameters as Question).ask}`));
      return batch.map((call) => answer?.(call) ?? { kind: 'sum', sums: { n: Float64Array.of(call.sites.length) }, sites: call.sites });
    },
    publish: (artefact) => new Promise((resolve) => setTimeout(() => resolve(`digest of ${JSON.stringify(artefact)}`), 5)),
    progress: () => undefined,
  };
  return { batches, federation: lockStepFederation(executor, ['C', 'A', 'B']) };
}

describe('branches in lock-step', () => {
  it('travel as one batch until each has ended, in branch order', async () => {
    const { batches, federation } = scriptedExecutor();
    const lengths = [1, 3, 2];
    const results = await federation.inParallel(
      lengths.map((length, branch) => async (own) => {
        for (let i = 0; i < length; i++) await own.sum(count, ask(`b${branch}r${i}`));
        return branch;
      }),
    );
    expect(results).toEqual([0, 1, 2]);
    expect(batches).toEqual([['0/0 b0r0', '1/0 b1r0', '2/0 b2r0'], ['1/1 b1r1', '2/1 b2r1'], ['1/2 b1r2']]);
  });

  it('flatten when nested, and wait for a sibling that is still publishing', async () => {
    const { batches, federation } = scriptedExecutor();
    await federation.inParallel([
      async (own) => {
        const digest = await own.publish('slow');
        await own.sum(count, ask(digest));
      },
      async (own) => {
        await own.inParallel([(inner) => inner.sum(count, ask('x')), (inner) => inner.sum(count, ask('y'))]);
        await own.sum(count, ask('z'));
      },
    ]);
    expect(batches).toEqual([['0/0 digest of "slow"', '1.0/0 x', '1.1/0 y'], ['1/0 z']]);
  });

  it('never share a path, even in a second inParallel of the same branch', async () => {
    const { batches, federation } = scriptedExecutor();
    await federation.sum(count, ask('first'));
    for (const name of ['a', 'b']) await federation.inParallel([(own) => own.sum(count, ask(name)), (own) => own.sum(count, ask(name))]);
    await federation.sum(count, ask('last'));
    const paths = batches.flat().map((line) => line.split(' ')[0]);
    expect(paths).toEqual(['/0', '0/0', '1/0', '2/0', '3/0', '/1']);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('a branch that throws ends only itself; the first error in branch order comes last', async () => {
    const { batches, federation } = scriptedExecutor();
    const run = federation.inParallel<void>([
      async (own) => {
        await own.sum(count, ask('survivor'));
        await own.sum(count, ask('survivor again'));
        throw new Error('late, but first in order');
      },
      async () => {
        throw new Error('early');
      },
    ]);
    await expect(run).rejects.toThrow('late, but first in order');
    expect(batches).toEqual([['0/0 survivor'], ['0/1 survivor again']]);
    await expect(federation.sum(count, ask('after'))).resolves.toMatchObject({ sites: ['A', 'B', 'C'] });
  });

  it('a refused sum is an error of its branch alone, and says which sites refused by which rule', async () => {
    const refusal = { code: 'E620', rule: 'minimum-patients', sentence: 'Fewer than 20 patients.' };
    const { federation } = scriptedExecutor((call) =>
      call.path === '0/0' ? { kind: 'refused', refusals: [{ site: 'B', refusal }] } : { kind: 'sum', sums: { n: Float64Array.of(1) }, sites: call.sites },
    );
    const results = await federation.inParallel([
      (own) => own.sum(count, ask('refused')).then(() => 'sum', (error: unknown) => (error instanceof RoundRefused ? error.message : 'other')),
      (own) => own.sum(count, ask('sum')).then(() => 'sum'),
    ]);
    expect(results).toEqual(['spec/count: refused by B (minimum-patients)', 'sum']);
  });

  it('hand back answers of a gather in the order of the sites', async () => {
    const { federation } = scriptedExecutor((call) => ({ kind: 'gather', answers: call.sites.map((site) => ({ site, answer: `of ${site}` })) }));
    expect(await federation.restrict(['C', 'A']).gather(each, ask(''))).toEqual([{ site: 'A', answer: 'of A' }, { site: 'C', answer: 'of C' }]);
  });
});

describe('the scheduler refuses what a replay could reorder', () => {
  it('two rounds at once in one branch', async () => {
    const { federation } = scriptedExecutor();
    await expect(Promise.all([federation.sum(count, ask('a')), federation.sum(count, ask('b'))])).rejects.toThrow('one round at a time');
  });

  it("a branch that uses its parent's federation", async () => {
    const { federation } = scriptedExecutor();
    await expect(federation.inParallel([() => federation.sum(count, ask('a'))])).rejects.toThrow('through the federation handed to it');
  });

  it('sites the federation does not have', () => {
    const { federation } = scriptedExecutor();
    expect(() => federation.restrict(['A', 'Z'])).toThrow('no site Z');
  });
});

it('an executor that fails ends every branch with its error, and nothing more is asked', async () => {
  let executions = 0;
  const executor: RoundExecutor = {
    execute: async () => {
      executions++;
      throw new Error('the run was cancelled');
    },
    publish: async () => '',
    progress: () => undefined,
  };
  const federation = lockStepFederation(executor, ['A']);
  const ends = await federation.inParallel([1, 2].map(() => (own: typeof federation) => own.sum(count, ask('a')).then(() => 'sum', (error: Error) => error.message)));
  expect(ends).toEqual(['the run was cancelled', 'the run was cancelled']);
  await expect(federation.sum(count, ask('again'))).rejects.toThrow('the run was cancelled');
  expect(executions).toBe(1);
});
