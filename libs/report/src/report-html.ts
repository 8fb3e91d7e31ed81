import type { RunContext } from '@consilium/charts';
import type { Section } from './blocks.js';
import { Numbering, sectionMarkup } from './markup/block-markup.js';
import { filledChecklists } from './checklists/checklists.js';
import { consistencyChecks } from './consistency/consistency.js';
import { element, escape } from './markup/escape.js';
import { styles, type ReportFonts } from './markup/styles.js';
import { methodsText } from './methods-text/methods-text.js';
import { contextOf, type ReportSource } from './report-source.js';
import { calibrationSection } from './sections/calibration.js';
import { CHECKLISTS, checklistsSection } from './sections/checklists.js';
import { cohortSection } from './sections/cohort.js';
import { consistencySection } from './sections/consistency.js';
import { courseSection } from './sections/course.js';
import { differencesSection } from './sections/differences.js';
import { explanationSection } from './sections/explanation.js';
import { methodsSection } from './sections/methods.js';
import { modelsSection } from './sections/models.js';
import { performanceSection } from './sections/performance.js';
import { selectionSection } from './sections/selection.js';
import { headMarkup } from './sections/summary.js';
import { usefulnessSection } from './sections/usefulness.js';

/** The sections of figures and tables, a question each. */
export function questionSections(context: RunContext, source: ReportSource): readonly Section[] {
  return [
    cohortSection(context),
    selectionSection(context, source.plan),
    performanceSection(context),
    differencesSection(context),
    calibrationSection(context),
    usefulnessSection(context, source.plan?.evaluate.decisionThresholds ?? []),
    explanationSection(context),
    modelsSection(context),
    courseSection(context, source),
  ];
}

/**
 * The report of a run as one HTML text: no script, no request, nothing beside it. It reads on a screen and on paper, and holds every figure with its table.
 * The same source gives the same bytes.
 */
export function reportHtml(source: ReportSource, fonts: ReportFonts | null): string {
  const context = contextOf(source);
  const questions = [...questionSections(context, source), methodsSection(methodsText(source))];
  const titles = new Map([...questions.map(({ id, title }) => [id, title] as const), ['checklists', CHECKLISTS]]);
  const sections = [...questions, consistencySection(consistencyChecks(source)), checklistsSection(filledChecklists(source), titles)];
  const numbering = new Numbering();
  const { title, digest } = source.results.plan;
  const foot = `${source.record === null ? 'Simulation' : `Run ${source.record.run.slice(0, 8)}`} · plan ${digest.slice(0, 8)} · results ${source.resultsDigest.slice(0, 8)} · research use only`;
  const contents = element('nav', { 'aria-label': 'Contents' }, element('b', {}, 'Contents'), element('ol', {}, ...sections.map(({ id, title: name }) => element('li', {}, element('a', { href: `#${id}` }, escape(name))))));
  const main = element('main', { id: 'main', class: 'page' }, headMarkup(source), contents, ...sections.map((section) => sectionMarkup(section, numbering)));
  return [
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; font-src data:">`,
    `<title>${escape(title)}: report</title><style>${styles(fonts, foot)}</style></head><body>`,
    element('a', { class: 'skip', href: '#main' }, 'Skip to the report'),
    main,
    '</body></html>\n',
  ].join('\n');
}
