import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { outside, seriousViolations, untilDrawn } from './page-checks.js';
import { screenshot, screenshotFolder, type World } from './world.js';

/** A figure beside its target, printed with the pictures (`npm run screenshots`): time depends on the machine, so no test rests on it. */
const tellTime = (what: string, milliseconds: number, target: number): void => {
  if (screenshotFolder) console.log(`${what}: ${milliseconds.toFixed(0)} ms (target ${target} ms)`);
};

const resultPages: readonly string[] = ['cohort', 'selection', 'performance', 'differences', 'calibration', 'usefulness', 'explanation', 'models'];

/** Every page of the dashboard, by a name for its picture. */
export function dashboardAddresses({ runs, plans }: World): Record<string, string> {
  const plan = `/studies/wdbc/plans/${plans.standard.slice(0, 16)}`;
  return {
    studies: '/studies',
    study: '/studies/wdbc',
    sites: '/studies/wdbc/sites',
    site: '/studies/wdbc/sites/A',
    plans: '/studies/wdbc/plans',
    plan,
    'plan-changes': `${plan}?against=${plans.open.slice(0, 16)}`,
    'plan-editor': '/studies/wdbc/plans/new',
    people: '/people',
    audit: '/audit',
    'run-running': `/runs/${runs.running}`,
    'run-finished': `/runs/${runs.open}`,
    'run-audit': `/runs/${runs.open}/audit`,
    compare: `/compare?runs=${runs.open.slice(0, 8)},${runs.standard.slice(0, 8)}`,
    ...Object.fromEntries([...resultPages, 'report', 'downloads', 'rounds'].map((page) => [page, `/runs/${runs.open}/${page}`])),
    'performance-suppressed': `/runs/${runs.standard}/performance?validation=all`,
    'cohort-suppressed': `/runs/${runs.standard}/cohort`,
    'performance-table': `/runs/${runs.open}/performance?view=table`,
    'models-all': `/runs/${runs.open}/models?validation=all`,
  };
}

/** For a machine that does ten other things. */
const MINUTES = 900_000;

const settled = async (page: Page): Promise<void> => {
  await untilDrawn(page);
  await page.waitForLoadState('domcontentloaded');
};

/** The pages in two walks, so that one can be taken by itself. */
const walks: readonly (readonly [string, (path: string) => boolean])[] = [['studies', (path) => !path.startsWith('/runs/')], ['a run', (path) => path.startsWith('/runs/')]];

/** Pages of a kind that the walk has seen already: drawn for their pictures only. */
const oneMore: readonly string[] = ['plan-changes', 'performance-table', 'models-all', 'performance-suppressed', 'run-finished'];

/** Every figure of a page, one download each; the kinds in turn, so that all pages together ask for every kind of many figures. */
async function downloadEveryFigure(page: Page): Promise<string[]> {
  const saved: string[] = [];
  for (const [i, figure] of (await page.locator('figure[data-figure]').all()).entries()) {
    const kind = kinds[i % kinds.length]!;
    const bytes = await downloaded(page, figure, kind);
    looksLike[kind](bytes);
    saved.push((await figure.getAttribute('data-figure'))!);
  }
  return saved;
}

/** A figure's file, by its menu. */
async function downloaded(page: Page, figure: Locator, kind: Kind): Promise<Buffer> {
  await figure.getByRole('button', { name: 'Download' }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: new RegExp(`^${kind}`) }).click()]);
  return readFile(await download.path());
}

const kinds = ['SVG', 'CSV', 'PNG', 'JSON'] as const;
type Kind = (typeof kinds)[number];

const looksLike: Readonly<Record<Kind, (bytes: Buffer) => void>> = {
  SVG: (bytes) => expect(bytes.toString()).toMatch(/^<svg.*role="img".*<text.*Plan [0-9a-f]{4}·[0-9a-f]{4}/s),
  PNG: (bytes) => expect(bytes.subarray(1, 4).toString()).toBe('PNG'),
  CSV: (bytes) => expect(bytes.toString().split('\n')[0]).toMatch(/^[^,]+,/),
  JSON: (bytes) => expect(JSON.parse(bytes.toString())).toHaveProperty('facts'),
};

export function dashboardPages(world: () => World): void {
  for (const [what, isShown] of walks) {
    it.runIf(screenshotFolder !== null)(`shows every page of ${what} drawn, named, without a serious violation in light and in dark, and without cut texts; every figure can be saved`, async () => {
      const failures: string[] = [];
      const saved = new Set<string>();
      const page = await world().open('/studies');
      page.on('pageerror', ({ message }) => failures.push(`${page.url()}: ${message}`));
      for (const [name, address] of Object.entries(dashboardAddresses(world())).filter(([, path]) => isShown(path))) {
        await page.goto(world().address(address));
        await page.locator('h1').waitFor();
        await settled(page);
        expect(await page.locator('h1').textContent(), address).not.toBe('Not shown');
        // Of a kind that the walk has seen already: a picture, and whether all of it is drawn.
        const known = oneMore.includes(name);
        failures.push(...[...(await outside(page)), ...(known ? [] : await seriousViolations(page))].map((one) => `${name}, light: ${one}`));
        await screenshot(page, `${name}-light-1440`);
        await page.emulateMedia({ colorScheme: 'dark' });
        failures.push(...(known ? [] : await seriousViolations(page, ['color-contrast'])).map((one) => `${name}, dark: ${one}`));
        await screenshot(page, `${name}-dark-1440`);
        await page.emulateMedia({ colorScheme: 'light' });
        if (resultPages.includes(name)) for (const figure of await downloadEveryFigure(page)) saved.add(figure);
      }
      expect(failures).toStrictEqual([]);
      if (isShown('/runs/')) expect(saved.size).toBeGreaterThan(20);
      await page.close();
    }, MINUTES);

    it.runIf(screenshotFolder !== null)(`fits a telephone: no page of ${what} scrolls sideways`, async () => {
      const failures: string[] = [];
      const page = await world().open('/studies', { width: 390 });
      for (const [name, address] of Object.entries(dashboardAddresses(world())).filter(([, path]) => isShown(path))) {
        await page.goto(world().address(address));
        await page.locator('h1').waitFor();
        await settled(page);
        failures.push(...(await outside(page)).map((one) => `${name}, 390: ${one}`));
        await screenshot(page, `${name}-light-390`);
        await page.emulateMedia({ colorScheme: 'dark' });
        await screenshot(page, `${name}-dark-390`);
        await page.emulateMedia({ colorScheme: 'light' });
      }
      expect(failures).toStrictEqual([]);
      await page.getByRole('button', { name: 'Contents' }).click();
      await page.getByRole('link', { name: isShown('/runs/') ? 'Does it work?' : 'Studies' }).waitFor();
      await page.close();
    }, MINUTES);
  }

  it('says the figures of results.json, on the page and in a download', async () => {
    const { federation, runs } = world();
    const results = JSON.parse(await federation.results(runs.open)) as { stages: { evaluate: { leaveOneSiteOut: { headline: { model: string; auc: number; confidence: [number, number] }[] } } } };
    const headline = results.stages.evaluate.leaveOneSiteOut.headline[0]!;
    const page = await world().open(`/runs/${runs.open}/performance`);
    await settled(page);
    expect(await page.locator('.page-answer').textContent()).toContain(`Pooled AUC ${headline.auc.toFixed(2)} (95% CI ${headline.confidence[0].toFixed(2)}–${headline.confidence[1].toFixed(2)})`);
    const forest = page.locator('figure[data-figure="forest-auc"]');
    expect((await downloaded(page, forest, 'CSV')).toString()).toContain(String(headline.auc));
    world().giveBack(page);
  });

  it('prints a figure, for a PDF, alone on a page of its own size', async () => {
    const page = await world().open(`/runs/${world().runs.open}/performance`);
    // Caught before the browser's own dialogue, in frames that come.
    await page.addInitScript(() => {
      window.print = function print(this: Window) {
        const { title, adoptedStyleSheets, body } = this.document;
        window.top!.name = JSON.stringify({ title, rules: [...adoptedStyleSheets].flatMap((sheet) => [...sheet.cssRules].map(({ cssText }) => cssText)), text: body.textContent });
      };
    });
    await settled(page);
    const figure = page.locator('figure[data-figure="forest-auc"]');
    await figure.getByRole('button', { name: 'Download' }).click();
    await page.getByRole('menuitem', { name: /^PDF/ }).click();
    await expect.poll(() => page.evaluate(() => window.name)).not.toBe('');
    const printed = JSON.parse(await page.evaluate(() => window.name)) as { title: string; rules: string[]; text: string };
    expect(printed.title).toMatch(/^run-\w+-forest-auc$/);
    expect(printed.rules.join(' ')).toMatch(/@page \{ size: 960px \d+px; margin: 0px; \}/);
    expect(printed.text).toContain('Discrimination at each hospital');
    await page.close();
  });

  it('keeps what it shows in its address, and turns figures into tables by a key', async () => {
    const page = await world().open(`/runs/${world().runs.open}/performance?validation=all&model=radiomics&measure=oe`);
    await settled(page);
    expect(await page.locator('main h2').first().textContent()).toContain('Observed to expected');
    await page.locator('h1').press('t');
    await page.getByRole('table').first().waitFor();
    expect(page.url()).toContain('view=table');
    await page.getByRole('table').first().getByRole('button', { name: 'Events' }).click();
    const order = await page.getByRole('table').first().locator('tbody th').allTextContents();
    // What has no events of its own stands last.
    expect(order.indexOf('Pooled, random effects')).toBe(4);
    await page.reload();
    await page.getByRole('table').first().waitFor();
    expect(await page.getByRole('table').first().locator('tbody th').allTextContents()).toEqual(order);
    expect(await page.getByRole('table').first().locator('th[aria-sort="ascending"], th[aria-sort="descending"]').textContent()).toContain('Events');
    await page.keyboard.press('g');
    await page.keyboard.press('5');
    await page.waitForURL('**/calibration');
    world().giveBack(page);
  });

  it('draws what is suppressed as suppressed, with the rule, and gives no total that reveals it', async () => {
    const page = await world().open(`/runs/${world().runs.standard}/cohort`);
    await settled(page);
    await page.locator('.cell-suppressed').first().waitFor();
    expect(await page.locator('.cell-suppressed').first().textContent()).toMatch(/^Suppressed: \S/);
    // The reason is told to the keyboard as to the pointer, of a cell and of a drawing.
    for (const told of [page.locator('.cell-suppressed').first(), page.locator('.figure-suppressed').first()]) {
      await told.focus();
      await page.getByRole('tooltip').getByText(/\S/).first().waitFor();
      await told.blur();
      await page.getByRole('tooltip').waitFor({ state: 'detached' });
    }
    world().giveBack(page);
  });

  it('reads a probability from a patient that the reader makes up, and asks the server nothing', async () => {
    const page = await world().open(`/runs/${world().runs.open}/explanation?model=combined`);
    await settled(page);
    const said = page.locator('[data-nomogram] [role="status"]');
    const before = await said.textContent();
    expect(before).toMatch(/probability \d\.\d\d \(95% CI \d\.\d\d–\d\.\d\d\)$/);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.method()));
    await page.locator('[data-nomogram] input[type="range"]').first().focus();
    for (let i = 0; i < 10; i++) await page.keyboard.press('ArrowRight');
    const after = await said.textContent();
    expect(after).not.toBe(before);
    expect(new URL(page.url()).searchParams.has('patient')).toBe(true);
    await page.reload();
    await expect.poll(() => said.textContent()).toBe(after);
    await page.getByRole('button', { name: 'Reset' }).click();
    expect(await said.textContent()).toBe(before);
    expect(asked.filter((method) => method !== 'GET')).toStrictEqual([]);
    world().giveBack(page);
  });

  describe('its weight and speed', () => {
    it('loads less than 600 kB of compressed scripts for its first page', async () => {
      const context = await world().stranger();
      const page = await context.newPage();
      await page.goto(world().address('/'));
      await page.getByLabel('Name').waitFor();
      const scripts = await page.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).encodedBodySize, 0));
      const paint = await page.evaluate(() => new Promise<number>((resolve) => new PerformanceObserver((list) => list.getEntriesByName('first-contentful-paint').forEach(({ startTime }) => resolve(startTime))).observe({ type: 'paint', buffered: true })));
      expect(scripts).toBeGreaterThan(50_000);
      expect(scripts).toBeLessThan(600_000);
      tellTime('First contentful paint of the first page', paint, 1_500);
      await screenshot(page, 'sign-in-light-1440');
      await context.close();
    });

    it('draws only the rows in sight of 20 hospitals and 10,000 rounds', async () => {
      const page = await world().open('/studies');
      const run = world().runs.running;
      const sites = Array.from({ length: 20 }, (_, i) => `Hospital ${i + 1}`);
      const bars = Array.from({ length: 100 }, (_, i) => ({ from: i * 100_000, to: i * 100_000 + 90_000, rounds: 100, state: 'answered' }));
      const timeline = { from: 0, to: 10_000_000, now: 10_000_000, stages: [{ name: 'train', from: 0 }], lanes: sites.map((site) => ({ site, rounds: 10_000, medianSeconds: 0.9, bytes: 3e6, bars })) };
      const round = (number: number) => ({ number, id: `r${number}`, stageName: 'train', step: 'train/boost-histogram', state: 'closed', sites: 20, openedAt: new Date(number * 1000).toISOString(), closedAt: new Date(number * 1000 + 900).toISOString(), bytesSent: 1000, bytesReceived: 20_000, outcome: 'sum' });
      await page.route('**/timeline', (route) => route.fulfill({ json: timeline }));
      await page.route('**/rounds?*', (route) => {
        const from = Number(new URL(route.request().url()).searchParams.get('from'));
        return route.fulfill({ json: Array.from({ length: 1_000 }, (_, i) => round(from + i + 1)) });
      });
      await page.addInitScript(() => {
        const tasks: number[] = [];
        new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ entryTypes: ['longtask' as never] });
        (window as unknown as { tasks: number[] }).tasks = tasks;
      });
      await page.goto(world().address(`/runs/${run}/rounds`));
      await page.getByText('train/boost-histogram').first().waitFor();
      expect(await page.locator('tbody tr').count()).toBeLessThan(100);
      await page.locator('.virtual').evaluate((box) => box.scrollTo({ top: 20_000 }));
      await page.getByRole('row', { name: /train\/boost-histogram/ }).first().waitFor();
      const longest = await page.evaluate(() => Math.max(0, ...(window as unknown as { tasks: number[] }).tasks));
      tellTime('Longest task with 20 hospitals and 10,000 rounds', longest, 200);
      await page.close();
    });
  });
}
