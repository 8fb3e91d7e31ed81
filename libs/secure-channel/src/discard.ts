import { MessageChannel } from 'node:worker_threads';

/** Smaller ones cost more to hand over than they are worth. */
const WORTH_BYTES = 1 << 16;

const { port1: nowhere, port2: otherEnd } = new MessageChannel();
otherEnd.close();
nowhere.unref();

/**
 * Frees the memory of a buffer that nobody will read again, at once instead of at some later garbage collection. Memory outside the heap
 * starts collections of the whole heap; where megabytes are sealed and opened in pieces, they took more time than the cipher (measured).
 *
 * A buffer that is a part of a larger one is left alone. The buffer is empty afterwards.
 */
export function discard(bytes: Uint8Array): void {
  if (bytes.byteLength < WORTH_BYTES || bytes.buffer.byteLength - bytes.byteLength > SLACK_BYTES || !(bytes.buffer instanceof ArrayBuffer)) return;
  // What is transferred leaves this side; a port without another end drops it.
  nowhere.postMessage(null, [bytes.buffer]);
}

/** A payload without its first few bytes still is the whole buffer. */
const SLACK_BYTES = 64;
