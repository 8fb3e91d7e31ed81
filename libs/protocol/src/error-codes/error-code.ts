/** Whether doing the same thing again is safe, useless, or unknown to be safe. */
export type Retry = 'transient' | 'ambiguous' | 'permanent';

export interface ErrorCode {
  /** For example 'E101'. Has a page docs/reference-error-101.md of the same title. */
  readonly code: string;
  readonly title: string;
  readonly retry: Retry;
  /** What to do, one or two plain sentences. */
  readonly help: string;
}

export const defineErrorCodes = <const T extends Record<string, ErrorCode>>(codes: T): T => codes;
