import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { say } from '@consilium/charts';
import { findChromium } from '../../scripts/chromium.mjs';
import { consilium } from '../federation/wdbc.js';
import { seriousViolations } from './page-checks.js';
import { ResultNumbers, shownTables, type ShownTable } from './report-numbers.js';
import { screenshot, screenshotFolder, type World } from './world.js';

/** For a machine that does ten other things. */
const MINUTES = 900_000;

// Whatever is in results.json: the page is compared with it, not with types.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

/** The report of the finished WDBC run, as a user gets it: `consilium report RUN`. */
export function reportPages(world: () => World): void {
  let folder: string;
  let html: string;
  let results: Json;
  let tables: ShownTable[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'consilium-report-'));
    const { federation, runs } = world();
    await promisify(execFile)(process.execPath, [consilium, 'report', runs.open, '--out', folder, '--session', federation.sessionFile], { env: { ...process.env, CONSILIUM_CHROMIUM: findChromium()! } });
    html = await readFile(join(folder, 'report.html'), 'utf8');
    results = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8'));
    tables = shownTables(html);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('shows no number that is not in results.json, rounded once, or does not follow from it', () => {
    const numbers = new ResultNumbers(results);
    const own = tables.filter(({ id }) => !['timeline', 'communication', 'Rounds by stage'].includes(id));
    const problems = own.flatMap((table) => table.rows.flatMap((row, i) => Object.keys(row).flatMap((column) => numbers.problem(table, i, column) ?? [])));
    expect(problems).toStrictEqual([]);
    expect(own.reduce((sum, { rows }) => sum + rows.flatMap((row) => Object.values(row)).filter(({ value }) => value !== null).length, 0)).toBeGreaterThan(5000);
  });

  it('shows every hospital its own figures: AUC with interval, confusion matrix, and the pooled row', () => {
    const numbers = new ResultNumbers(results);
    const forests = tables.filter(({ id }) => id === 'forest-auc');
    const matrices = tables.filter(({ id }) => id === 'confusion');
    expect([forests.length, matrices.length].every((n) => n >= 3)).toBe(true);
    for (const { of, rows } of forests) {
      const { rows: validation, model } = numbers.at(of, 'A');
      for (const site of results.sites) {
        const { auc } = numbers.at(of, site).figures;
        const row = rows.find((one) => one['row']!.text === site)!;
        expect([row['estimate']!.text, row['low']!.text, row['high']!.text]).toEqual([auc.auc, auc.interval?.low, auc.interval?.high].map((value) => (value === undefined ? '–' : say.number(value, 'auc'))));
      }
      const headline = validation.headline.find((one: Json) => one.model === model);
      const pooled = rows.find((one) => one['row']!.text === 'Pooled, random effects');
      if ('notEstimable' in headline) expect(pooled).toBeUndefined();
      else expect(['estimate', 'low', 'high'].map((key) => pooled![key]!.text)).toEqual([headline.auc, ...headline.confidence].map((value) => say.number(value, 'auc')));
    }
    for (const { of, rows } of matrices) {
      for (const row of rows) {
        const counts = ['tp', 'fn', 'fp', 'tn'].map((cell) => row[cell]!.value);
        const { figures } = numbers.at(of, row['row']!.text);
        expect(figures.confusion.map((one: Json) => ['tp', 'fn', 'fp', 'tn'].map((cell) => one.figures.counts[cell]))).toContainEqual(counts);
      }
    }
  });

  it('opens from its file without a network, a request, a script or a word in the console, at both widths', async () => {
    const context = await world().browser.newContext({ offline: true });
    const page = await context.newPage();
    const noise: string[] = [];
    page.on('console', (message) => noise.push(message.text()));
    page.on('pageerror', ({ message }) => noise.push(message));
    page.on('request', (request) => (request.url().startsWith('file:') || request.url().startsWith('data:') ? undefined : noise.push(request.url())));
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(pathToFileURL(join(folder, 'report.html')).href);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), `${width} px wide`).toBeLessThanOrEqual(0);
      await screenshot(page, `report-file-light-${width}`);
    }
    expect(await page.title()).toMatch(/: report$/);
    expect(await page.evaluate(() => [...document.querySelectorAll('figure svg')].filter((drawing) => drawing.querySelector('path, text, rect, polyline') === null).length)).toBe(0);
    expect(noise).toStrictEqual([]);
    await context.close();
  });

  it.runIf(screenshotFolder !== null)('has no serious violation for axe', async () => {
    const context = await world().browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    // Scripts are forbidden in the report; axe is one, and comes into a copy of the page without its policy.
    await page.setContent(html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ''));
    // Thousands of cells are alike, and a drawing is one image to those who hear it: three rows of a table and the names of drawings say what all say.
    await page.evaluate(() => {
      for (const row of document.querySelectorAll('tbody tr:nth-child(n+4)')) row.remove();
      for (const shape of document.querySelectorAll('.plot svg > :not(title, desc)')) shape.remove();
    });
    expect(await seriousViolations(page)).toStrictEqual([]);
    await context.close();
  }, MINUTES);

  it('is written by the page of the run too, with the same bytes', async () => {
    const page = await world().open(`/runs/${world().runs.open}/report`, { as: 'investigator' });
    await page.getByText(/^No figure contradicts another\./).waitFor();
    await page.getByRole('button', { name: 'Write report' }).click();
    await page.getByText('The report is written.').waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Save HTML' }).click()]);
    expect(await readFile(await download.path(), 'utf8')).toBe(html);
    const [opened] = await Promise.all([page.waitForEvent('popup'), page.getByRole('button', { name: 'Print or save as PDF' }).click()]);
    await opened.getByRole('heading', { name: 'Does it work?' }).waitFor();
    await opened.close();
    await page.close();
  });

  it('is a PDF of many pages too', async () => {
    const pdf = (await readFile(join(folder, 'report.pdf'))).toString('latin1');
    expect(pdf.startsWith('%PDF-')).toBe(true);
    expect(pdf.match(/\/Type\s*\/Page(?![a-zA-Z])/g)!.length).toBeGreaterThan(20);
  });

  it('tells the run: its rounds by stage, what came from each hospital, its evidence, no contradiction', async () => {
    const record = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as { rounds: { stageName: string }[]; run: string };
    const stages = tables.find(({ id }) => id === 'Rounds by stage')!;
    expect(stages.rows.map(({ row, rounds }) => [row!.text, rounds!.value])).toEqual([...new Set(record.rounds.map(({ stageName }) => stageName))].map((stage) => [stage, record.rounds.filter(({ stageName }) => stageName === stage).length]));
    expect(tables.find(({ id }) => id === 'communication')!.rows.map(({ row }) => row!.text)).toEqual(['A', 'B', 'C', 'D']);
    expect(html).toContain(record.run);
    expect(html).toMatch(/No contradiction was found in [\d\u202f]+ comparisons/);
    expect(html).toMatch(/<tr data-check="provenance">.*?✓ agree/s);
  });
}
