/** What was compared under one heading, and every place where two figures of the same run contradict each other. */
export interface Check {
  readonly id: string;
  readonly title: string;
  /** Pairs of figures that were compared; 0 where the run holds none. */
  readonly compared: number;
  readonly failures: readonly string[];
}

/** Collects comparisons under one heading. */
export class Comparison {
  private compared = 0;
  private readonly failures: string[] = [];

  constructor(
    readonly id: string,
    readonly title: string,
  ) {}

  /** Says what contradicts what, where it does. */
  holds(agrees: boolean, sentence: () => string): void {
    this.compared++;
    if (!agrees) this.failures.push(sentence());
  }

  /** Two figures that are the same quantity. */
  same(where: string, [name, value]: readonly [string, number], [other, expected]: readonly [string, number]): void {
    this.holds(near(value, expected), () => `${where}: ${name} is ${shown(value)}, but ${other} is ${shown(expected)}.`);
  }

  result(): Check {
    const { id, title, compared, failures } = this;
    return { id, title, compared, failures };
  }
}

/** Equal up to the rounding of sums of doubles. */
export const near = (a: number, b: number, tolerance = 1e-9): boolean => Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b));

export const shown = (value: number): string => String(Number(value.toPrecision(6)));
