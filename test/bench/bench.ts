/** One measured number, and what it is to be held beside. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** At most this, or with `atLeast` at least this. */
  readonly target?: number;
  readonly atLeast?: boolean;
  /** The same figure of other software on this kind of machine. */
  readonly peers?: string;
}

export interface Bench {
  readonly name: string;
  readonly title: string;
  /** It takes so long that it runs only when it is named. */
  readonly onlyByName?: true;
  run(note: (sentence: string) => void): Promise<readonly Figure[]>;
}

/** The value below which this share of the sample lies: the nearest rank. */
export function quantile(sample: readonly number[], share: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? NaN;
}

export const median = (sample: readonly number[]): number => quantile(sample, 0.5);

/** Wall-clock milliseconds of each of `times` repetitions, after some to warm up. */
export async function timed(times: number, action: (index: number) => unknown, warmUp = Math.ceil(times / 4)): Promise<number[]> {
  const sample: number[] = [];
  for (let index = -warmUp; index < times; index++) {
    const started = performance.now();
    await action(index);
    if (index >= 0) sample.push(performance.now() - started);
  }
  return sample;
}
