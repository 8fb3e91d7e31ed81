import { footerParts, isFigure, type Figure } from '@consilium/charts';
import { figureSvg } from '@consilium/charts/svg';
import type { Block, Section } from '../blocks.js';
import { element, escape } from './escape.js';
import { tableMarkup } from './table-markup.js';

/** Drawn at this width, a figure's letters are of the size of the text around it, on the screen and on paper. */
const FIGURE_WIDTH = 700;

/** Numbers figures and tables as they come. */
export class Numbering {
  private figures = 0;
  private tables = 0;

  figure(): number {
    return ++this.figures;
  }

  table(): number {
    return ++this.tables;
  }
}

export function sectionMarkup({ id, title, answer, blocks }: Section, numbering: Numbering): string {
  return element('section', { id, 'aria-labelledby': `${id}-title` }, element('h2', { id: `${id}-title` }, escape(title)), answer === '' ? '' : element('p', { class: 'answer' }, escape(answer)), ...blocks.map((block) => blockMarkup(block, numbering)));
}

function blockMarkup(block: Block, numbering: Numbering): string {
  switch (block.kind) {
    case 'heading':
      return element('h3', {}, escape(block.text));
    case 'text':
      return element('p', {}, escape(block.text));
    case 'markup':
      return block.markup;
    case 'figure':
      return isFigure(block.finding) ? figureMarkup(block.finding.figure, block.of, numbering) : absentMarkup(block.title, block.of, block.finding.absent);
    case 'table':
      return typeof block.table === 'string' ? absentMarkup(block.title, block.of, block.table) : ownTable(block.table, block.of, numbering);
  }
}

const qualifier = (of: string | undefined): string => (of === undefined ? '' : ` ${element('span', { class: 'of' }, escape(of))}`);

const absentMarkup = (title: string, of: string | undefined, reason: string): string => element('p', { class: 'absent' }, element('b', {}, escape(title)), qualifier(of), `: not shown. ${escape(reason)}`);

function ownTable(table: Parameters<typeof tableMarkup>[0], of: string | undefined, numbering: Numbering): string {
  const number = numbering.table();
  const caption = element('caption', {}, element('span', {}, `${element('b', {}, `Table ${number}.`)} ${escape(table.caption)}${qualifier(of)}`));
  return element('div', { class: 'own-table', id: `table-${number}`, 'data-of': of }, tableMarkup(table, { caption, id: table.caption }));
}

function figureMarkup(figure: Figure, of: string | undefined, numbering: Numbering): string {
  const number = numbering.figure();
  const id = `figure-${number}`;
  const caption = element('caption', { class: 'visually-hidden' }, escape(figure.table.caption));
  return element(
    'figure',
    { id, 'data-figure': figure.id, 'data-of': of, 'aria-labelledby': `${id}-title` },
    element('figcaption', { id: `${id}-title` }, `${element('b', {}, `Figure ${number}.`)} ${escape(figure.title)}${qualifier(of)}`),
    element('p', { class: 'figure-answer' }, escape(figure.answer)),
    element('div', { class: 'plot' }, figureSvg(figure, { width: FIGURE_WIDTH })),
    element('p', { class: 'legend' }, escape(figure.legend)),
    element('p', { class: 'foot' }, footerParts(figure.facts, { plan: true }).map((part) => element('span', {}, escape(part))).join(' · ')),
    element('details', { class: 'data' }, element('summary', {}, 'Data table'), tableMarkup(figure.table, { caption, id: figure.id })),
  );
}
