import { describe, expect, it } from 'vitest';
import { AdaptiveExecutor } from './adaptive-executor.js';
import type { StepCall, StepExecutor } from './step-call.js';

const limits = { minimumCell: 0, minimumPatients: 0, minimumPerClass: 0, parametersPerPatient: 0, minimumBin: 0, minimumLeaf: 0, minimumDifference: 0 };
const call = (step: string, bytes = 1000): StepCall => ({ step, version: 1, request: new Uint8Array(bytes), limits });

function build(durations: Record<string, number>, rows = 100) {
  let time = 0;
  const ran: string[] = [];
  const executor = (name: string): StepExecutor => ({
    cohortDigest: async () => name,
    run: async ({ step }) => {
      ran.push(`${step} ${name}`);
      time += durations[step]!;
      return { kind: 'artefacts-wanted', digests: [] };
    },
    close: async () => undefined,
  });
  return { ran, adaptive: new AdaptiveExecutor({ here: executor('here'), thread: executor('thread'), now: () => time, rows: () => rows }) };
}

describe('the executor', () => {
  it('keeps short computations in the agent and moves a kind that lasted long to the thread', async () => {
    const { ran, adaptive } = build({ short: 2, long: 400 });
    for (const step of ['short', 'long', 'short', 'long']) await adaptive.run(call(step));
    expect(ran).toEqual(['short here', 'long here', 'short here', 'long thread']);
  });

  it('tries a large question in the thread first, and brings it back when it was short', async () => {
    const { ran, adaptive } = build({ large: 3 }, 10_000);
    await adaptive.run(call('large'));
    await adaptive.run(call('large'));
    expect(ran).toEqual(['large thread', 'large here']);
  });

  it('learns small and large requests of a step apart', async () => {
    const { ran, adaptive } = build({ step: 100 });
    await adaptive.run(call('step', 1000));
    await adaptive.run(call('step', 30));
    expect(ran).toEqual(['step here', 'step here']);
  });
});
