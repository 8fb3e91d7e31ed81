import { setFlagsFromString } from 'node:v8';

/**
 * For programs that move large bodies: garbage is collected when memory is short, not in steps ahead of it.
 *
 * V8 begins such steps whenever 64 MB of buffers have been made since the last full collection, although almost all of them were short-lived
 * and are gone already. A round with a million numbers made five full collections that way, a third of the coordinator's work and half of
 * an agent's (docs/decisions/0100). Call it once, as the first thing of a process.
 */
export function collectGarbageWhole(): void {
  setFlagsFromString('--no-incremental-marking');
}
