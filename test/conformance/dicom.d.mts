export interface Case {
  readonly patient: string;
  readonly sequence: 'MR_T1' | 'PET';
}
export interface Comparison extends Case {
  readonly features: number;
  readonly sameMask: number;
  readonly dice: number;
  /** Median relative difference by class of features. */
  readonly medians: Readonly<Record<string, number>>;
}
export const CASES: readonly Case[];
export const CLASSES: readonly string[];
export function compareCase(one: Case): Promise<Comparison>;
