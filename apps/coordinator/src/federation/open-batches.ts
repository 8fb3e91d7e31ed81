import type { OpenBatch } from './open-batch.js';
import type { RoundInbox } from './round-inbox.js';
import type { SiteLines } from './site-lines.js';

/** The batches this process waits for, one a run. */
export class OpenBatches {
  private readonly batches = new Map<string, OpenBatch>();

  add(batch: OpenBatch): void {
    this.batches.set(batch.run, batch);
  }

  remove(batch: OpenBatch): void {
    if (this.batches.get(batch.run) === batch) this.batches.delete(batch.run);
  }

  of(run: string): OpenBatch | undefined {
    return this.batches.get(run);
  }

  /** Asks a site that came back for all that it has not answered, but for the rounds to which its answer is on the way. */
  async askAgain(site: string, lines: SiteLines, coming: ReadonlySet<RoundInbox>): Promise<void> {
    for (const batch of this.batches.values()) await batch.ask(site, lines, coming);
  }
}
