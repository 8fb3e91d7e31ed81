import { createContext, useContext } from 'react';

/** What the frame of both applications says by itself; an application in another language gives its own. */
export interface InterfaceWords {
  readonly skip: string;
  readonly where: string;
  readonly contents: string;
  readonly account: string;
  readonly asSystem: string;
  readonly light: string;
  readonly dark: string;
  readonly loading: string;
  readonly goToPage: string;
  readonly goTo: string;
  readonly goToWhat: string;
  readonly keys: string;
  readonly keyList: readonly (readonly [string, string])[];
  readonly keep: string;
  readonly beside: string;
  readonly copyDigest: string;
  readonly copied: string;
  readonly notShown: string;
  readonly fault: string;
  readonly faultHelp: string;
  /** Of a cell whose value a rule keeps back, and of one that has none. */
  readonly suppressed: string;
  readonly notAvailable: string;
  /** A sentence of the server in the language of the page. */
  readonly told: (sentence: string) => string;
}

export const englishWords: InterfaceWords = {
  skip: 'Skip to the page',
  where: 'Where you are',
  contents: 'Contents',
  account: 'Account',
  asSystem: 'Light or dark: as the system',
  light: 'Light',
  dark: 'Dark',
  loading: 'Loading',
  goToPage: 'Go to a page',
  goTo: 'Go to',
  goToWhat: 'Site, run or figure',
  keys: 'Keys',
  keyList: [
    ['Ctrl K', 'Go to a page'],
    ['G, then 1 to 7', 'The questions of a run'],
    ['T', 'Chart or table'],
    ['Esc', 'Close'],
  ],
  keep: 'Keep it',
  beside: 'Beside the figure',
  copyDigest: 'Copy digest',
  copied: 'Copied',
  notShown: 'This could not be shown',
  fault: 'The page met a fault. Nothing was changed.',
  faultHelp: 'Load the page again. If it happens again, tell the people who look after the coordinator.',
  suppressed: 'Suppressed',
  notAvailable: 'not available',
  told: (sentence) => sentence,
};

export const WordsContext = createContext<InterfaceWords>(englishWords);

export const useWords = (): InterfaceWords => useContext(WordsContext);
