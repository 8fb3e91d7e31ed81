/** One thing the doctor looked at. */
export interface Finding {
  readonly check: string;
  readonly outcome: 'well' | 'warning' | 'problem' | 'not looked at';
  readonly sentence: string;
  /** What to do. */
  readonly fix?: string;
}

export const well = (check: string, sentence: string): Finding => ({ check, outcome: 'well', sentence });
export const warning = (check: string, sentence: string, fix: string): Finding => ({ check, outcome: 'warning', sentence, fix });
export const problem = (check: string, sentence: string, fix: string): Finding => ({ check, outcome: 'problem', sentence, fix });
export const notLookedAt = (check: string, sentence: string): Finding => ({ check, outcome: 'not looked at', sentence });
