import type { Section } from '../blocks.js';
import { element, escape } from '../markup/escape.js';
import type { Paragraph, Sentence } from '../methods-text/paragraph.js';

const sentence = (one: Sentence): string => (typeof one === 'string' ? escape(one) : element('span', { class: 'needs' }, `[needs you: ${escape(one.needsYou)}]`));

/** Methods as they can go into a paper. */
export function methodsSection(paragraphs: readonly Paragraph[] | null): Section {
  const head = { id: 'methods', title: 'How was it done?' };
  if (paragraphs === null) return { ...head, answer: 'The plan was not given to this report, so there is no methods text. Run it again with --plan.', blocks: [] };
  const open = paragraphs.flatMap(({ sentences }) => sentences).filter((one) => typeof one !== 'string').length;
  return {
    ...head,
    answer: `A methods text from the plan and the evidence of the run. ${open} places need you; they are marked.`,
    blocks: paragraphs.map(({ heading, sentences }) => ({ kind: 'markup', markup: element('p', { class: 'methods' }, element('b', {}, `${escape(heading)}.`), ' ', sentences.map(sentence).join(' ')) })),
  };
}
