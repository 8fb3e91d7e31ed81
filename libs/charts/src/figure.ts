import type { EChartsCoreOption } from 'echarts/core';
import type { Mode } from './tokens.js';

/** What a figure rests on: its footer, on screen and in the file. */
export interface FigureFacts {
  readonly sitesShown: number;
  readonly sitesAll: number;
  /** Of the sites shown; null where a figure counts no patients. */
  readonly patients: number | null;
  readonly events: number | null;
  /** The disclosure profile and its minimum count: `standard, k = 5`. */
  readonly minimumCount: number;
  readonly profile: string;
  readonly suppressed: number;
  readonly resultsDigest: string | null;
  readonly modelDigest: string | null;
  readonly planDigest: string | null;
  /** ISO time of the run's end. */
  readonly date: string | null;
  /** More to say of this figure alone: `Largest drawing error 0.004 AUC`. */
  readonly notes?: readonly string[];
}

/** A value of a table: as it is read, and in full for files. */
export interface Cell {
  readonly text: string;
  /** Full precision; the text itself where the cell is words. Null where there is no value. */
  readonly value: number | string | null;
  /** Why there is no figure, where a rule forbids it. */
  readonly suppressed?: string;
  /** Place of the site whose mark stands before the text. */
  readonly site?: number;
}

export interface Column {
  readonly key: string;
  readonly label: string;
  readonly numeric?: boolean;
}

export interface FigureTable {
  readonly caption: string;
  /** The first column holds the heads of the rows. */
  readonly columns: readonly Column[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
}

export interface Space {
  readonly width: number;
  readonly mode: Mode;
}

/** A drawing for a width: what ECharts is given, and how high it is. */
export interface Drawing {
  readonly height: number;
  readonly option: EChartsCoreOption;
}

/** A figure: one thing that is drawn, tabled, told and downloaded. */
export interface Figure {
  /** Names the figure in addresses and files: `forest-auc`. */
  readonly id: string;
  readonly title: string;
  /** One line on how to read it, below 80 characters. */
  readonly reading: string;
  /** What it shows, in a sentence; also what a screen reader hears. */
  readonly answer: string;
  /** For a publication. */
  readonly legend: string;
  readonly methods: string;
  readonly facts: FigureFacts;
  readonly table: FigureTable;
  /** Plain data, in full precision. */
  readonly data: unknown;
  draw(space: Space): Drawing;
}

/** A figure, or the sentence that says why this run has none. */
export type Finding = { readonly figure: Figure } | { readonly absent: string };

export const isFigure = (finding: Finding): finding is { readonly figure: Figure } => 'figure' in finding;

export const words = (text: string): Cell => ({ text, value: text });
export const numeric = (value: number | null | undefined, format: (value: number) => string): Cell =>
  value === null || value === undefined ? { text: '–', value: null } : { text: format(value), value };
export const hidden = (reason: string): Cell => ({ text: 'Suppressed', value: null, suppressed: reason });
