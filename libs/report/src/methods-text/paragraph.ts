/** A sentence that the plan and the run give, or what only people can say. */
export type Sentence = string | { readonly needsYou: string };

export interface Paragraph {
  readonly heading: string;
  readonly sentences: readonly Sentence[];
}

export const needsYou = (what: string): Sentence => ({ needsYou: what });
