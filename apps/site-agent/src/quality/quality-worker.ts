import { greyWindow, slicePicture, type GreyWindow, type Plane, type SlicePicture } from '@consilium/imaging';
import { parentPort, type MessagePort } from 'node:worker_threads';
import type { FilesRead } from '../execution/image-worker.js';
import type { ImageCase } from '../images/image-source.js';
import { withRememberedSeries } from '../images/remembered-series.js';
import { caseQuality, labelOf, openCase, type CaseFlag, type CaseQuality, type OpenedCase } from './case-quality.js';

/** `stamp`: changes when a file does. */
export type QualityTask = { readonly kind: 'quality'; readonly files: ImageCase; readonly stamp: string } | { readonly kind: 'slice'; readonly files: ImageCase; readonly stamp: string; readonly plane: Plane; readonly index: number };

export type QualityAnswer = { readonly quality: CaseQuality } | { readonly picture: SlicePicture } | { readonly refused: CaseFlag } | { readonly fault: string };

interface Kept {
  readonly stamp: string;
  readonly files: ImageCase;
  readonly opened: OpenedCase | CaseFlag;
  window?: GreyWindow;
}

/** Cases stay open while somebody looks at their slices. */
const KEPT = 2;

/** Reads images beside the agent's own thread: it has no socket and no key. */
function serve(port: MessagePort): void {
  const kept: Kept[] = [];
  const open = async (found: ImageCase, stamp: string): Promise<Kept> => {
    const known = kept.find((one) => one.stamp === stamp);
    if (known) return known;
    kept.length = Math.min(kept.length, KEPT - 1);
    const files = await withRememberedSeries(found);
    const made: Kept = { stamp, files, opened: await openCase(files) };
    kept.unshift(made);
    return made;
  };
  const answer = async (task: QualityTask): Promise<QualityAnswer> => {
    const one = await open(task.files, task.stamp);
    port.postMessage({ read: true } satisfies FilesRead);
    if (task.kind === 'quality') return { quality: await caseQuality(one.files, one.opened) };
    if ('kind' in one.opened) return { refused: one.opened };
    const { image, mask } = one.opened;
    one.window ??= greyWindow(image);
    return { picture: slicePicture(image, mask, { plane: task.plane, index: task.index, label: labelOf(task.files), window: one.window }) };
  };
  port.on('message', (task: QualityTask) => {
    answer(task).then(
      (answered) => port.postMessage(answered),
      (error: unknown) => port.postMessage({ fault: error instanceof Error ? error.name : 'unknown' } satisfies QualityAnswer),
    );
  });
}

if (parentPort) serve(parentPort);
