import type { FigureTable, Finding } from '@consilium/charts';

/** What a section is made of. Figures and tables are numbered where they stand; what a run has not is said in their place. */
export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'figure'; readonly title: string; readonly of?: string; readonly finding: Finding }
  | { readonly kind: 'table'; readonly title: string; readonly of?: string; readonly table: FigureTable | string }
  /** Markup that a section has made of its own parts. */
  | { readonly kind: 'markup'; readonly markup: string };

export interface Section {
  readonly id: string;
  /** A question, or the name of a thing. */
  readonly title: string;
  readonly answer: string;
  readonly blocks: readonly Block[];
}

export const heading = (text: string): Block => ({ kind: 'heading', text });
export const text = (content: string): Block => ({ kind: 'text', text: content });

/** A figure, and what it is of where the title does not say it: the model, the patients. */
export const figure = (title: string, finding: Finding, of?: string): Block => ({ kind: 'figure', title, finding, ...(of === undefined ? {} : { of }) });

export const table = (title: string, content: FigureTable | string | null, of?: string): Block => ({ kind: 'table', title, table: content ?? 'Not in this run.', ...(of === undefined ? {} : { of }) });
