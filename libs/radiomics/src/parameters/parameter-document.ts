/** A place of a parameter file and what is wrong or worth knowing there. */
export interface ParameterProblem {
  /** For example 'imageType.LoG.sigma[1]'; '' for the file. */
  readonly path: string;
  readonly line: number;
  readonly sentence: string;
}

/** A parameter file cannot be used; every problem is listed. */
export class ParameterFileError extends Error {
  override readonly name = 'ParameterFileError';

  constructor(readonly problems: readonly ParameterProblem[]) {
    super(problems.map(describeProblem).join('\n'));
  }
}

export const describeProblem = ({ path, line, sentence }: ParameterProblem): string => `line ${line}${path ? `, ${path}` : ''}: ${sentence}`;

/** A node of the file with its place. */
export interface Entry {
  readonly path: string;
  readonly line: number;
  readonly value: EntryValue;
}

export type EntryValue =
  | { readonly kind: 'null' }
  | { readonly kind: 'scalar'; readonly value: string | number | boolean; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Entry[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [string, Entry])[] };
