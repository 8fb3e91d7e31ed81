import { say } from '@consilium/charts';
import type { Section } from '../blocks.js';
import type { Check } from '../consistency/check.js';
import { element, escape } from '../markup/escape.js';

/** Failures of one check that are printed; the rest are counted. */
const MOST_SHOWN = 20;

export function consistencySection(checks: readonly Check[]): Section {
  const failed = checks.filter(({ failures }) => failures.length > 0);
  const compared = checks.reduce((sum, one) => sum + one.compared, 0);
  const answer = failed.length === 0 ? `No contradiction was found in ${say.plural(compared, 'comparison')} of figures with each other.` : `Figures contradict each other: ${say.list(failed.map(({ title }) => title.charAt(0).toLowerCase() + title.slice(1)))}. Do not publish before this is explained.`;
  return { id: 'consistency', title: 'Do the figures agree with each other?', answer, blocks: [{ kind: 'markup', markup: `${failed.map(failureBox).join('')}${tableOf(checks)}` }] };
}

const failureBox = ({ title, failures }: Check): string =>
  element('div', { class: 'box bad' }, element('b', {}, `✕ ${escape(title)}`), element('ul', {}, ...failures.slice(0, MOST_SHOWN).map((one) => element('li', {}, escape(one))), ...(failures.length > MOST_SHOWN ? [element('li', {}, `and ${say.count(failures.length - MOST_SHOWN)} more`)] : [])));

function tableOf(checks: readonly Check[]): string {
  const rows = checks.map(({ id, title, compared, failures }) => {
    const state = failures.length > 0 ? element('span', { class: 'state failed' }, `✕ ${failures.length} ${failures.length === 1 ? 'contradiction' : 'contradictions'}`) : compared === 0 ? element('span', { class: 'state not-applicable' }, '– nothing to compare') : element('span', { class: 'state filled' }, '✓ agree');
    return element('tr', { 'data-check': id }, element('th', { scope: 'row' }, escape(title)), element('td', { class: 'num' }, say.count(compared)), element('td', {}, state));
  });
  return element('div', { class: 'own-table' }, element('table', {}, element('caption', { class: 'visually-hidden' }, 'Consistency checks'), element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'Check'), element('th', { scope: 'col', class: 'num' }, 'Compared'), element('th', { scope: 'col' }, 'Result'))), element('tbody', {}, ...rows)));
}
