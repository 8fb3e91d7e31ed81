import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { CohortReader } from '../data/cohort.js';
import { PlanStore } from '../plans/plan-store.js';
import { ArtefactStore } from '../runs/artefact-store.js';
import { InlineExecutor } from './inline-executor.js';
import type { StepOutcome } from './step-call.js';
import type { WorkerAnswer, WorkerQuestion, WorkerSetting } from './worker-messages.js';

/** The thread that holds patient rows. It has no socket and no key; it answers one question after another. */
function serve(port: MessagePort, { root, tables, artefacts, plans, coordinatorKey, site }: WorkerSetting): void {
  const store = new PlanStore(plans, coordinatorKey);
  const executor = new InlineExecutor({ cohort: new CohortReader(root, tables), artefacts: new ArtefactStore(artefacts), planOf: (digest) => store.find(digest)?.plan, site });
  port.on('message', (question: WorkerQuestion) => {
    const answer = question.ask === 'cohort' ? executor.cohortDigest() : executor.run(question.call);
    answer.then(
      (result) => port.postMessage({ id: question.id, result } satisfies WorkerAnswer, transferable(result)),
      (error: unknown) => port.postMessage({ id: question.id, fault: error instanceof Error ? (error.stack ?? error.message) : 'unknown' } satisfies WorkerAnswer),
    );
  });
}

const transferable = (result: string | StepOutcome): ArrayBuffer[] =>
  typeof result === 'object' && result.kind === 'contribution' && result.bytes.byteLength === result.bytes.buffer.byteLength ? [result.bytes.buffer as ArrayBuffer] : [];

if (parentPort) serve(parentPort, workerData as WorkerSetting);
