import type { Worker } from 'node:worker_threads';
import type { Answer, FromWorker, ToWorker } from './messages.js';

/** Hands on what a worker answers, until an answer is the last. Rejects with the worker's error, and with the signal's reason when it is aborted. */
export function listen(worker: Worker, signal: AbortSignal | undefined, hear: (answer: FromWorker) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', answered);
      worker.off('error', failed);
      signal?.removeEventListener('abort', aborted);
      act();
    };
    const answered = (answer: FromWorker) => void (hear(answer) && settle(resolve));
    const failed = (error: Error) => settle(() => reject(error));
    const aborted = () => settle(() => reject(signal!.reason as Error));
    worker.on('message', answered);
    worker.on('error', failed);
    signal?.addEventListener('abort', aborted);
  });
}

/** The next answer of one kind. A failure is reported to whoever awaits it, and to nobody where nobody does. */
export function nextAnswer<Kind extends FromWorker['kind']>(worker: Worker, kind: Kind, signal: AbortSignal | undefined): Promise<Answer<Kind>> {
  let found: Answer<Kind> | undefined;
  const heard = listen(worker, signal, (answer) => {
    if (answer.kind === kind) found = answer as Answer<Kind>;
    return found !== undefined;
  }).then(() => found!);
  heard.catch(() => undefined);
  return heard;
}

export const tell = (worker: Worker, message: ToWorker): void => worker.postMessage(message);
