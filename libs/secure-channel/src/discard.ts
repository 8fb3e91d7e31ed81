import { MessageChannel } from 'node:worker_threads';

/** Smaller ones cost more to hand over than they are worth. */
const WORTH_BYTES = 1 << 16;
/** From this size on, memory is kept for the next one of the same size: to touch new memory for the first time takes longer than to fill it. */
const KEPT_FROM_BYTES = 1 << 20;
const KEPT_BYTES = 32 << 20;
const KEPT_MILLISECONDS = 2_000;
/** A payload without its first few bytes still is the whole buffer; and what is a little shorter than kept memory may have it. */
const slackOf = (length: number): number => (length >= KEPT_FROM_BYTES ? 1024 : 64);

const { port1: nowhere, port2: otherEnd } = new MessageChannel();
otherEnd.close();
nowhere.unref();

let kept: ArrayBuffer[] = [];
let forgetting: NodeJS.Timeout | undefined;

/**
 * Frees the memory of a buffer that nobody will read again, at once instead of at some later garbage collection. Memory outside the heap
 * starts collections of the whole heap; where megabytes are sealed and opened in pieces, they took more time than the cipher (measured).
 * Of large buffers a few stay for a moment, for `memoryFor`.
 *
 * A buffer that is a part of a larger one is left alone. The buffer is empty afterwards, for whoever still holds it.
 */
export function discard(bytes: Uint8Array): void {
  const { buffer } = bytes;
  if (bytes.byteLength < WORTH_BYTES || !isAlone(bytes) || !(buffer instanceof ArrayBuffer)) return;
  const mayStay = buffer.byteLength >= KEPT_FROM_BYTES && kept.reduce((sum, { byteLength }) => sum + byteLength, buffer.byteLength) <= KEPT_BYTES;
  // What is transferred leaves this side; a port without another end drops it.
  if (!mayStay) return nowhere.postMessage(null, [buffer]);
  kept.push(structuredClone(buffer, { transfer: [buffer] }));
  if (forgetting) forgetting.refresh();
  else forgetting = setTimeout(() => (kept = []), KEPT_MILLISECONDS).unref();
}

/** Whether nothing lies beside these bytes in their memory but what they or earlier ones left. */
export const isAlone = ({ byteLength, buffer }: Uint8Array): boolean => buffer.byteLength - byteLength <= slackOf(byteLength);

/** Memory of this size, with anything in it: for what writes every byte before anyone reads one. */
export function memoryFor(length: number): Buffer<ArrayBuffer> {
  const at = kept.findIndex(({ byteLength }) => byteLength >= length && byteLength - length <= slackOf(length));
  return at === -1 ? Buffer.allocUnsafeSlow(length) : Buffer.from(kept.splice(at, 1)[0]!, 0, length);
}
