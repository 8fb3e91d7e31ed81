import { secondsLeft } from './time-left.js';

export interface ExtractionWork {
  readonly run: string;
  readonly done: number;
  readonly total: number;
  /** Milliseconds since 1970 of the first and the latest word. */
  readonly began: number;
  readonly told: number;
  /** From how many were done since it began; null before the first. */
  readonly secondsLeft: number | null;
}

/** How far the extraction at hand is, for the site's own people: the latest word of each run. */
export class ExtractionBoard {
  private readonly works = new Map<string, ExtractionWork & { readonly first: number }>();

  constructor(private readonly now: () => number) {}

  tell(run: string, { done, total }: { readonly done: number; readonly total: number }): void {
    const known = this.works.get(run);
    const fresh = !known || known.done >= known.total || done < known.done;
    const [began, first, told] = [fresh ? this.now() : known.began, fresh ? done : known.first, this.now()];
    const left = done > first ? secondsLeft(told - began, done - first, total - first) : null;
    this.works.set(run, { run, done, total, began, told, secondsLeft: left, first });
  }

  all(): ExtractionWork[] {
    return [...this.works.values()].map(({ first: _, ...work }) => work);
  }
}
