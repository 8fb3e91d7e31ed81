export interface Work {
  readonly done: number;
  readonly total: number;
  readonly message: string;
}

const TENTHS = 10;
/** Below so many cases some tenths would never be told, which would tell how many there are. */
const FEWEST = 20;

/**
 * Progress of long work as the coordinator hears it: in tenths, each once. How many images a site has is a count that the disclosure gate holds;
 * of few cases only the beginning and the end are told.
 */
export class ToldWork {
  private readonly told = new Map<string, number>();

  /** What is new to be told of a run's work; undefined where nothing is. */
  next(run: string, { done, total, message }: Work): Work | undefined {
    const tenths = done >= total ? TENTHS : total < FEWEST ? 0 : Math.floor((TENTHS * done) / total);
    const before = this.told.get(run);
    if (before === tenths) return undefined;
    this.told.set(run, tenths);
    return { done: tenths, total: TENTHS, message };
  }
}
