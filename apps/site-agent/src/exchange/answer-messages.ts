/** A message's head stays below a mebibyte: refusals carry sentences of up to a kilobyte. */
export const PARTS_A_MESSAGE = 500;
/** A message that breaks is sent again whole. What is larger alone is a message of its own. */
export const BYTES_A_MESSAGE = 64 * 2 ** 20;

/** Parts in their order, as many to a message as its head and its body should hold. */
export function inMessages<T>(parts: readonly T[], lengthOf: (part: T) => number): T[][] {
  const messages: T[][] = [];
  let bytes = 0;
  for (const part of parts) {
    const last = messages.at(-1);
    bytes += lengthOf(part);
    if (last && last.length < PARTS_A_MESSAGE && bytes <= BYTES_A_MESSAGE) last.push(part);
    else {
      messages.push([part]);
      bytes = lengthOf(part);
    }
  }
  return messages;
}
