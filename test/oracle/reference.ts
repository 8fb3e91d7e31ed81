import { readFileSync } from 'node:fs';

export const dataSets = ['wdbc', 'radsyn'] as const;
export type DataSet = (typeof dataSets)[number];

/** Reference files and results are read as loose trees: a wrong path fails the comparison. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

const folder = new URL('./', import.meta.url);
export const text = (path: string): string => readFileSync(new URL(path, folder), 'utf8');

/** A reference file; its `definition` says what it holds. */
export const expected = (dataSet: DataSet, topic: string): Json => JSON.parse(text(`expected/${dataSet}.${topic}.json`)) as Json;

export const subset8 = (dataSet: DataSet): string[] => (JSON.parse(text(`data/${dataSet}.config.json`)) as { subset8: string[] }).subset8;

export const clinicalDesign = ['age', 'sex', 'stage=III', 'stage=IVA', 'smoking', 'logebv'];

export interface Tolerance {
  /** Of the reference's size. */
  readonly relative?: number;
  /** Whatever the size; where both are given the larger counts. */
  readonly absolute?: number;
}

/** The tolerances of the README's table, by topic. */
export const tolerances = {
  moments: { relative: 1e-9 },
  t: { relative: 1e-6, absolute: 1e-9 },
  p: { relative: 1e-6 },
  correlation: { absolute: 1e-10 },
  lasso: { relative: 1e-8 },
  /** What is zero or nearly so in the reference (an intercept of centred columns, a coefficient that just entered) has no relative digits. */
  lassoCoefficient: { relative: 1e-8, absolute: 1e-10 },
  logistic: { relative: 1e-8 },
  logisticError: { relative: 1e-7 },
  vanElteren: { relative: 1e-9, absolute: 1e-9 },
  penalised: { absolute: 1e-6 },
  objective: { relative: 1e-9 },
  roc: { absolute: 1e-10 },
  rocInterval: { absolute: 1e-8 },
  calibration: { absolute: 1e-8 },
  netBenefit: { absolute: 1e-12 },
  reclassificationError: { absolute: 1e-9 },
  combat: { absolute: 1e-8 },
  meta: { absolute: 1e-7 },
  tau2: { absolute: 1e-8 },
  leftOutAuc: { absolute: 1e-10 },
} as const satisfies Record<string, Tolerance>;

const asNumber = (value: unknown): number => (typeof value === 'number' ? value : value === 'NaN' ? NaN : value === 'Infinity' ? Infinity : value === '-Infinity' ? -Infinity : NaN);

/** Compares figures by name and remembers all that are outside, so that one run shows every one of them. */
export class Comparison {
  readonly outside: string[] = [];
  /** Figures compared. */
  count = 0;
  /** By the figure's name without its indices, the largest part of its tolerance that was used. */
  readonly used = new Map<string, number>();

  near(name: string, got: unknown, want: unknown, { relative = 0, absolute = 0 }: Tolerance): void {
    this.count++;
    const wanted = asNumber(want);
    const error = Math.abs((typeof got === 'number' ? got : NaN) - wanted);
    const share = error === 0 ? 0 : error / Math.max(relative * Math.abs(wanted), absolute);
    if (!(share <= 1)) this.outside.push(`${name}: got ${JSON.stringify(got)}, expected ${JSON.stringify(want)}, ${share.toExponential(1)} times the tolerance`);
    const group = name.replace(/[[(].*$/, '');
    this.used.set(group, Math.max(this.used.get(group) ?? 0, share));
  }

  all(name: string, got: ArrayLike<unknown>, want: ArrayLike<unknown>, tolerance: Tolerance): void {
    this.same(`${name}.length`, got.length, want.length);
    for (let i = 0; i < want.length; i++) this.near(`${name}[${i}]`, got[i], want[i], tolerance);
  }

  /** Counts, names and sets have no tolerance. */
  same(name: string, got: unknown, want: unknown): void {
    this.count++;
    const [one, other] = [JSON.stringify(got), JSON.stringify(want)];
    if (one !== other) this.outside.push(`${name}: got ${one}, expected ${other}`);
  }
}
