import { parentPort, type MessagePort } from 'node:worker_threads';
import type { FilesRead } from '../execution/image-worker.js';
import type { CaseOutcome, CaseTask } from './case-result.js';
import { extractCase } from './extract-case.js';

export type CaseAnswer = { readonly outcome: CaseOutcome } | { readonly fault: string };

/** A thread that measures one case after another: it has no socket and no key. */
function serve(port: MessagePort): void {
  port.on('message', (task: CaseTask) => {
    extractCase(task, () => port.postMessage({ read: true } satisfies FilesRead)).then(
      (outcome) => port.postMessage({ outcome } satisfies CaseAnswer),
      (error: unknown) => port.postMessage({ fault: error instanceof Error ? (error.stack ?? error.message) : 'unknown' } satisfies CaseAnswer),
    );
  });
}

if (parentPort) serve(parentPort);
