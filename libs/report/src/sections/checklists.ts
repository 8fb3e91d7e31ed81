import { say } from '@consilium/charts';
import type { Section } from '../blocks.js';
import type { Assessment, ItemState } from '../checklists/assessment.js';
import type { FilledChecklist } from '../checklists/checklists.js';
import { element, escape } from '../markup/escape.js';

const words: Readonly<Record<ItemState, string>> = { filled: '✓ filled', 'needs-you': '△ needs you', 'not-applicable': '– not applicable' };

export const CHECKLISTS = 'What do the checklists ask for?';

/** `titles` names the sections that answers point to. */
export function checklistsSection(lists: readonly FilledChecklist[], titles: ReadonlyMap<string, string>): Section {
  const total = (state: ItemState): number => lists.reduce((sum, { counts }) => sum + counts[state], 0);
  return {
    id: 'checklists',
    title: CHECKLISTS,
    answer: `Of ${say.plural(lists.reduce((sum, { rows }) => sum + rows.length, 0), 'item')} in ${lists.length} lists, ${total('filled')} are filled by this run, ${total('needs-you')} need you, ${total('not-applicable')} do not apply.`,
    blocks: lists.flatMap((list) => [{ kind: 'heading' as const, text: list.checklist.title }, { kind: 'markup' as const, markup: listMarkup(list, titles) }]),
  };
}

function listMarkup({ checklist, rows, counts, score }: FilledChecklist, titles: ReadonlyMap<string, string>): string {
  const head = element('p', {}, `${counts.filled} filled, ${counts['needs-you']} need you, ${counts['not-applicable']} not applicable.${score === null ? '' : ` ${escape(score)}`} ${element('span', { class: 'of' }, escape(checklist.source))}`);
  const body = rows.map(({ item, answer }) =>
    element('tr', { 'data-item': item.id, 'data-state': answer.state }, element('th', { scope: 'row' }, escape(item.id)), element('td', {}, escape(item.topic)), element('td', {}, element('span', { class: `state ${answer.state}` }, words[answer.state])), element('td', {}, noteMarkup(answer, titles))),
  );
  const heads = ['Item', 'Topic', 'State', 'Answer, or what is asked of you'].map((label) => element('th', { scope: 'col' }, label));
  return `${head}${element('div', { class: 'table-box', tabindex: 0, role: 'region', 'aria-label': checklist.title }, element('table', { class: 'checklist', 'data-checklist': checklist.id }, element('caption', { class: 'visually-hidden' }, escape(checklist.title)), element('thead', {}, element('tr', {}, ...heads)), element('tbody', {}, ...body)))}`;
}

const noteMarkup = ({ note, see }: Assessment, titles: ReadonlyMap<string, string>): string => `${escape(note)}${see === undefined ? '' : ` ${element('a', { href: `#${see}` }, `See “${escape(titles.get(see) ?? see)}”`)}.`}`;
