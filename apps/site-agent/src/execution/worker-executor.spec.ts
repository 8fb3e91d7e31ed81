import { describe, expect, it } from 'vitest';
import type { StepCall, StepOutcome } from './step-call.js';
import { WorkerExecutor } from './worker-executor.js';

/** A thread that answers with the request it was given. */
const mirror = new URL(`data:text/javascript,${encodeURIComponent(`
  import { parentPort } from 'node:worker_threads';
  parentPort.on('message', ({ id, call }) => parentPort.postMessage({ id, result: { kind: 'contribution', bytes: call.request } }));
`)}`);

const call = (request: Uint8Array): StepCall => ({ step: 'moments/totals', version: 1, request, limits: { minimumCell: 0, minimumPatients: 0, minimumPerClass: 0, parametersPerPatient: 0 } });

describe('a computation in another thread', () => {
  it('leaves the other questions of the same message as they were', async () => {
    const executor = new WorkerExecutor({ root: '', tables: [], artefacts: '' }, mirror);
    const message = Buffer.from('first question, second question');
    const [first, second] = [message.subarray(0, 14), message.subarray(16)];
    const outcome = (await executor.run(call(first))) as Extract<StepOutcome, { kind: 'contribution' }>;
    expect(Buffer.from(outcome.bytes).toString()).toBe('first question');
    expect(second.toString()).toBe('second question');
    await executor.close();
  });
});
