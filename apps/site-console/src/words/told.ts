import type { Language } from './language.js';

/** A sentence of the agent in the language of the page. */
export const told = (sentence: string, _language: Language): string => sentence;
