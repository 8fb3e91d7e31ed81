import { writeDurably } from '@consilium/operations';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { existingSiteFolder } from '../folder/site-folder.js';

const pauseSchema = z.strictObject({ at: z.string() });

/** Since when extraction rests. */
export type Rest = z.infer<typeof pauseSchema>;

/** Whether people of the site let extraction rest: a file of the site folder, so that it holds over restarts. The case at hand is finished. */
export class ExtractionPause {
  constructor(
    private readonly path: string,
    private readonly now: () => number,
  ) {}

  /** A file that cannot be read is a rest too: somebody wanted one. */
  rest(): Rest | null {
    if (!existsSync(this.path)) return null;
    try {
      return pauseSchema.parse(JSON.parse(readFileSync(this.path, 'utf8')));
    } catch {
      return { at: new Date(0).toISOString() };
    }
  }

  async pause(): Promise<void> {
    if (this.rest() === null) await writeDurably(this.path, JSON.stringify({ at: new Date(this.now()).toISOString() } satisfies Rest));
  }

  async resume(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

/** The pause of a site folder, whether its agent is up or not: the agent looks before each case. */
export const extractionPauseOf = (root: string): ExtractionPause => new ExtractionPause(existingSiteFolder(root).extractionPause, Date.now);
