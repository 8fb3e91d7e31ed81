import type { FrameKey } from './frames.js';
import type { SuiteName } from './suites.js';

/** What both sides hold after a handshake: whom they speak with, and one key for each direction. */
export interface Session {
  /** The peer's public key, proven. */
  readonly peerKey: string;
  readonly peerProductVersion: string;
  readonly protocol: number;
  readonly suite: SuiteName;
  /** The peer's clock minus ours. */
  readonly clockSkewMilliseconds: number;
  readonly sendKey: FrameKey;
  readonly receiveKey: FrameKey;
}

export const LARGEST_CLOCK_SKEW_MILLISECONDS = 300_000;
export const WARNING_CLOCK_SKEW_MILLISECONDS = 30_000;

/** One sentence that both ends show; `ahead` is the agent's clock minus the coordinator's. */
export function clockSkewSentence(ahead: number): string {
  const minutes = Math.round(Math.abs(ahead) / 60_000);
  return `The agent's clock is ${minutes} minutes ${ahead > 0 ? 'ahead of' : 'behind'} the coordinator's. At most 5 are allowed, so no connection was made.`;
}
