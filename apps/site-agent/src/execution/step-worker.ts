import { isAlone } from '@consilium/secure-channel';
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
    const answer = question.ask === 'cohort' ? executor.cohortDigest() : executor.run(question.call).then((outcome) => (outcome.kind === 'artefacts-wanted' ? { ...outcome, request: question.call.request } : outcome));
    answer.then(
      (result) => port.postMessage({ id: question.id, result } satisfies WorkerAnswer, transferable(result)),
      (error: unknown) => port.postMessage({ id: question.id, fault: error instanceof Error ? (error.stack ?? error.message) : 'unknown' } satisfies WorkerAnswer),
    );
  });
}

function transferable(result: string | StepOutcome): ArrayBuffer[] {
  if (typeof result === 'string' || result.kind === 'refusal') return [];
  const bytes = result.kind === 'contribution' ? result.bytes : result.request;
  return bytes && isAlone(bytes) ? [bytes.buffer as ArrayBuffer] : [];
}

if (parentPort) serve(parentPort, workerData as WorkerSetting);
