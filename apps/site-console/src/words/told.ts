import type { Language } from './language-name.js';
import { sentences } from './told-sentences.js';

const PLACE = /\{(\d)\}/g;

const escaped = (text: string): string => text.replace(/[.*+?^$()|[\]\\]/g, '\\$&');

/** A sentence with places {0}, {1} … as a pattern, and the order in which its places stand. */
const compiled = sentences.map(([english, chinese]) => ({
  pattern: new RegExp(`^${escaped(english).replace(PLACE, '(.+?)')}$`, 's'),
  places: [...english.matchAll(PLACE)].map(([, place]) => Number(place)),
  chinese,
}));

/**
 * A sentence of the agent in the language of the page. The agent speaks English; its sentences are looked up whole, what they name (a column, a count) is
 * carried over. Several sentences in a row are looked up one by one. What is not known stays as it is: better English than nothing.
 */
export function told(sentence: string, language: Language): string {
  if (language === 'en' || sentence === '') return sentence;
  const whole = lookUp(sentence);
  if (whole !== undefined) return whole;
  return sentence
    .split(/\n|(?<=[.!?]) /)
    .map((one) => lookUp(one) ?? one)
    .join('');
}

function lookUp(sentence: string): string | undefined {
  for (const { pattern, places, chinese } of compiled) {
    const found = pattern.exec(sentence);
    if (!found) continue;
    // What a sentence names may be said itself, such as why a record is broken.
    return chinese.replace(PLACE, (_, place: string) => {
      const named = found[places.indexOf(Number(place)) + 1] ?? '';
      return lookUp(named) ?? named;
    });
  }
  return undefined;
}
