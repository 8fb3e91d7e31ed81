/** From what has been done in a time, how long the rest will take, in seconds. */
export const secondsLeft = (milliseconds: number, done: number, total: number): number => ((milliseconds / Math.max(1, done)) * (total - done)) / 1000;

/** The same in words: '40 s left', '3 min left'. */
export function timeLeft(milliseconds: number, done: number, total: number): string {
  const seconds = secondsLeft(milliseconds, done, total);
  return seconds < 90 ? `${Math.ceil(seconds)} s left` : `${Math.ceil(seconds / 60)} min left`;
}
