import { say } from '@consilium/charts';
import { element, escape } from '../markup/escape.js';
import type { ReportSource } from '../report-source.js';

/** What the report is of: names, digests, sites, and what is missing. */
export function headMarkup({ results, resultsDigest, record, plan, productVersion }: ReportSource): string {
  const { title, version, study, digest } = results.plan;
  const rows: readonly (readonly [string, string])[] = [
    ['Study', study],
    ['Plan', `version ${version}, ${element('code', {}, escape(digest))}${plan === null ? '. Its text was not given to this report' : ''}`],
    ['Results', element('code', {}, escape(resultsDigest))],
    ['Run', record === null ? 'a simulation, or results without the evidence of their run' : `${element('code', {}, escape(record.run))}, ended ${escape(say.moment(record.endedAt))}`],
    ['Hospitals', escape(`${results.sites.length}: ${say.list(results.sites)}`)],
    ['Disclosure', escape(results.disclosure === 'open-data' ? 'open-data: no minimum counts' : `${results.disclosure} profile`)],
    ['Written by', escape(`Consilium ${productVersion}`)],
  ];
  return [
    element('p', {}, element('span', { class: 'tag' }, 'Research use only')),
    element('h1', {}, escape(title)),
    element('dl', { class: 'facts' }, ...rows.map(([name, value]) => `${element('dt', {}, name)}${element('dd', {}, value)}`)),
    ...(results.warnings.length === 0 ? [] : [element('div', { class: 'box warn' }, element('b', {}, 'What readers should know'), element('ul', {}, ...results.warnings.map((one) => element('li', {}, escape(one)))))]),
  ].join('');
}
