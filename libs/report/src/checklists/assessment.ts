import type { Evidence } from './evidence.js';

export type ItemState = 'filled' | 'needs-you' | 'not-applicable';

/** What the run says to an item: the answer and where it stands, what only people can say, or why it does not apply. */
export interface Assessment {
  readonly state: ItemState;
  readonly note: string;
  /** The section of the report that shows it. */
  readonly see?: string;
}

export interface Item {
  readonly id: string;
  readonly topic: string;
  readonly assess: (evidence: Evidence) => Assessment;
}

export interface Checklist {
  readonly id: string;
  readonly title: string;
  /** Source, and how far the wording here goes. */
  readonly source: string;
  readonly items: readonly Item[];
  /** A sentence on the score, where the list has one. */
  readonly score?: (answers: ReadonlyMap<string, Assessment>, evidence: Evidence) => string;
}

export const filled = (note: string, see: string): Assessment => ({ state: 'filled', note: note.charAt(0).toUpperCase() + note.slice(1), see });
export const needsYou = (note: string): Assessment => ({ state: 'needs-you', note });
export const notApplicable = (note: string): Assessment => ({ state: 'not-applicable', note });

/** An item that only people can answer. */
export const item = (id: string, topic: string, assess: Item['assess'] | string): Item => ({ id, topic, assess: typeof assess === 'string' ? () => needsYou(assess) : assess });
