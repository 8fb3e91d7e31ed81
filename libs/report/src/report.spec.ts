import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ResultsFile } from '@consilium/charts';
import { reportHtml, type ReportSource } from './index.js';

/** Made by `consilium simulate plan examples/wdbc.yaml --profile standard`: real patients, real suppression. */
const results = JSON.parse(readFileSync(new URL('../../charts/src/fixtures/wdbc-standard.results.json', import.meta.url), 'utf8')) as ResultsFile;
const source: ReportSource = { results, resultsDigest: '5b0e77c1'.repeat(8), plan: null, record: null, timeline: null, productVersion: '0.1.0', siteOrder: null };
const html = reportHtml(source, null);

describe('the report of a run', () => {
  it('is one text that asks for nothing: no script, no address, nothing beside it', () => {
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|@import|url\((?!data:)/i);
    expect(html.match(/https?:\/\/(?!www\.w3\.org\/)[^"'\s<]+/g) ?? []).toEqual([]);
    expect(reportHtml(source, null)).toBe(html);
  });

  it('numbers figures and tables in their order, each with its data, sites, minimum count and digests', () => {
    const numbers = (kind: string) => [...html.matchAll(new RegExp(`<b>${kind} (\\d+)\\.</b>`, 'g'))].map(([, n]) => Number(n));
    for (const kind of ['Figure', 'Table']) expect(numbers(kind)).toEqual(numbers(kind).map((_, i) => i + 1));
    const figures = html.match(/<figure .*?<\/figure>/gs)!;
    expect(figures.length).toBeGreaterThan(8);
    for (const figure of figures) {
      expect(figure).toMatch(/<svg [^>]*role="img"/);
      expect(figure).toMatch(/<details class="data">.*<table data-table="[^"]+"[^>]*>/s);
      expect(figure).toMatch(/<p class="foot">.*(\d+ sites?|sites).*k = 5.*Results 5b0e·77c1.*Plan [0-9a-f]{4}·[0-9a-f]{4}/s);
    }
    expect(html.match(/NaN|undefined|Infinity|\[object/)).toBeNull();
  });

  it('draws suppressed values as suppressed, with the reason on paper too and no number', () => {
    const cells = html.match(/<t[dh][^>]*class="suppressed"[^>]*>[^<]*</g)!;
    expect(cells.length).toBeGreaterThan(0);
    for (const cell of cells) {
      expect(cell).toMatch(/title="[^"]+".*>Suppressed</s);
      expect(cell).not.toContain('data-value');
    }
    expect(html).toMatch(/<p class="note">Suppressed: [^<]+\.<\/p>/);
  });

  it('says in its place what this run has not', () => {
    expect(html).toMatch(/<p class="absent"><b>Before and after harmonisation<\/b>: not shown\. [A-Z][^<]+\.<\/p>/);
    expect(html).not.toMatch(/<p class="absent">[^<]*<b>[^<]*<\/b>[^<]*: not shown\. <\/p>/);
  });

  it('counts the time of a stage once where rounds are asked together', () => {
    const round = (openedAt: string, closedAt: string) => ({ stageName: 'describe', step: 'moments/totals', state: 'closed', sites: 4, openedAt: `2026-03-01T10:00:${openedAt}Z`, closedAt: `2026-03-01T10:00:${closedAt}Z`, outcome: null, bytesSent: 10, bytesReceived: 20 });
    const record: ReportSource['record'] = {
      run: 'r', plan: 'p', results: 's', launchedBy: 'administrator', launchedAt: '2026-03-01T10:00:00Z', endedAt: '2026-03-01T10:01:00Z', productVersion: '0.1.0', executions: 1, bytesSent: 40, bytesReceived: 80, siteSets: [],
      rounds: [round('00', '04'), round('00', '04'), round('02', '06'), round('10', '11')],
    };
    const [row] = /<table data-table="[^"]*"[^>]*>(?:(?!<\/table>).)*Time in rounds.*?<\/table>/s.exec(reportHtml({ ...source, record }, null))![0].match(/<tbody>.*<\/tr>/s)!;
    expect(row!.replaceAll(/<[^>]+>/g, ' ').split(/\s+/).filter(Boolean).join(' ')).toMatch(/^describe 4 40\s?B 80\s?B 7(\.0)?\s?s$/);
  });

  it('shows text of a plan as text', () => {
    const hostile = { ...results, plan: { ...results.plan, title: '<script>alert(1)</script>' } };
    expect(reportHtml({ ...source, results: hostile }, null)).not.toContain('<script>');
  });
});
