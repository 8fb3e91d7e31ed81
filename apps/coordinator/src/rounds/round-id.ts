import { createHash } from 'node:crypto';

/** Never random: an execution that begins again finds its own rows. The generation counts changes of the site set from the round's stage on. */
export const roundId = (run: string, generation: number, path: string): string =>
  createHash('sha256').update(`consilium round\n${run}\n${generation}\n${path}`).digest('hex');
