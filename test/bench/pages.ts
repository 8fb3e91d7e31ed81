import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type Page } from 'playwright-core';
import express, { type Response } from 'express';
import { pageFiles } from '@consilium/operations/pages';
import { median, type Bench, type Figure } from './bench.js';

const SITES = 20;
const ROUNDS = 10_000;
const LAUNCHED = Date.UTC(2026, 0, 5, 8);
const folder = new URL('../../../apps/dashboard/dist/', import.meta.url).pathname;

const sites = Array.from({ length: SITES }, (_, i) => `Hospital ${i + 1}`);
const at = (milliseconds: number): string => new Date(LAUNCHED + milliseconds).toISOString();
const run = { id: 'b'.repeat(16), plan: 'a'.repeat(64), study: 'large', sites, state: 'open', reason: null, code: null, launchedBy: 'administrator', launchedAt: at(0), endedAt: null, results: null, record: null, siteSets: [], rounds: { open: 1, closed: ROUNDS } };

/** As many bars as the coordinator sends at most: it merges what would be under two pixels. */
const timeline = {
  from: LAUNCHED, to: LAUNCHED + ROUNDS * 1000, now: LAUNCHED + ROUNDS * 1000, stages: [{ name: 'train', from: LAUNCHED }],
  lanes: sites.map((site) => ({ site, rounds: ROUNDS, medianSeconds: 0.9, bytes: 3e7, bars: Array.from({ length: 100 }, (_, i) => ({ from: LAUNCHED + i * 100_000, to: LAUNCHED + i * 100_000 + 90_000, rounds: 100, state: 'answered' })) })),
};
const round = (number: number) => ({ number, id: `r${number}`, stageName: 'train', step: 'train/boost-histogram', state: 'closed', sites: SITES, openedAt: at(number * 1000), closedAt: at(number * 1000 + 900), bytesSent: 1000, bytesReceived: 20_000, outcome: 'sum' });
const progress = (version: number) => ({ run: run.id, version, stage: { name: 'train', index: 3, count: 8 }, step: 'train/boost-histogram', rounds: ROUNDS + version, answered: sites.slice(0, version % SITES), missing: sites.slice(version % SITES), deadline: null, done: version, total: 400, message: '', work: {}, executing: true, startedAt: at(0), state: 'open', reason: null });

/** The dashboard's own files, and a coordinator that answers with a large run without computing one. */
async function served(): Promise<{ readonly address: string; readonly server: Server }> {
  const application = express();
  application.use(pageFiles(folder, { reserved: ['api'] }));
  const answers: Readonly<Record<string, unknown>> = { '/api/studies': [{ name: 'large', title: 'A large study', createdAt: at(0), sites }], '/api/sites': sites.map((name) => ({ name, state: 'admitted', fingerprint: '', agentVersion: '1', enrolledAt: at(0), admittedAt: at(0), connected: true })), '/api/runs': [run], '/api/oidc': { provider: null }, [`/api/runs/${run.id}`]: run, [`/api/runs/${run.id}/timeline`]: timeline };
  application.get('/api/me', (request, response) => void (request.headers.cookie?.includes('somebody') ? response.json({ name: 'administrator', role: 'administrator' }) : response.status(401).json({ sentence: 'Nobody is signed in.' })));
  application.get(`/api/runs/${run.id}/rounds`, (request, response) => {
    const from = Number(request.query['from']);
    response.json(Array.from({ length: Math.min(1000, ROUNDS - from) }, (_, i) => round(from + i + 1)));
  });
  application.get(`/api/runs/${run.id}/events`, (_, response) => stream(response));
  application.get(/^\/api\//, (request, response) => void (request.path in answers ? response.json(answers[request.path]) : response.json([])));
  const server = createServer(application);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Four events a second, as many as the coordinator sends. */
function stream(response: Response): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let version = 0;
  const timer = setInterval(() => response.write(`data: ${JSON.stringify(progress(version++))}\n\n`), 250);
  response.on('close', () => clearInterval(timer));
}

const OBSERVED = `window.tasks = []; new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ entryTypes: ['longtask'] });`;
/** The first frame may be drawn after the page can be used: its time is waited for. */
const PAINTED = `new Promise((resolve) => new PerformanceObserver((list) => { const [paint] = list.getEntriesByName('first-contentful-paint'); if (paint) resolve(paint.startTime); }).observe({ type: 'paint', buffered: true }))`;
const SCRIPTS = `performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`;

interface FirstPage {
  readonly paint: number;
  readonly usable: number;
  readonly scripts: number;
}

/** A browser that has never been here opens the centre's address. */
async function firstPage(browser: Browser, address: string): Promise<FirstPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(`new MutationObserver((_, watcher) => { if (document.querySelector('input[name=password]')) { window.usable ??= performance.now(); watcher.disconnect(); } }).observe(document, { childList: true, subtree: true });`);
    await page.goto(address);
    await page.getByLabel('Password').waitFor();
    return { paint: await page.evaluate(PAINTED), usable: await page.evaluate('window.usable'), scripts: await page.evaluate(SCRIPTS) };
  } finally {
    await context.close();
  }
}

/** The longest task of a page while it is loaded and used; 0 when none was over 50 ms. */
async function longestTask(page: Page, address: string, use: () => Promise<void>): Promise<number> {
  await page.goto(address);
  await use();
  return page.evaluate('Math.max(0, ...window.tasks)');
}

async function largeRun(browser: Browser, address: string): Promise<readonly Figure[]> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addCookies([{ name: 'who', value: 'somebody', url: address }]);
  const page = await context.newPage();
  await page.addInitScript(OBSERVED);
  const watching = await longestTask(page, `${address}/runs/${run.id}`, async () => {
    await page.getByText('Step train/boost-histogram').waitFor();
    await page.waitForTimeout(5_000);
  });
  const table = await longestTask(page, `${address}/runs/${run.id}/rounds`, async () => {
    await page.getByRole('row', { name: /train\/boost-histogram/ }).first().waitFor();
    for (let shown = 1000; shown < ROUNDS; shown += 1000) {
      await page.getByRole('button', { name: 'Show 1000 more' }).click();
      await page.waitForFunction(`Number(document.querySelector('table[aria-rowcount]').getAttribute('aria-rowcount')) > ${shown + 1000}`);
    }
    await page.locator('.virtual').evaluate(`(box) => box.scrollTo({ top: box.scrollHeight / 2 })`);
    await page.waitForTimeout(500);
  });
  await context.close();
  const what = `${SITES} hospitals, ${ROUNDS.toLocaleString('en')} rounds`;
  return [
    { name: `longest task, run watched live: ${what}`, value: watching, unit: 'ms', target: 200 },
    { name: `longest task, table of all rounds: ${what}`, value: table, unit: 'ms', target: 200 },
  ];
}

export const pagesBench: Bench = {
  name: 'pages',
  title: "The dashboard's first page, and a large run, in Chromium on loopback",
  async run(note) {
    const { findChromium } = (await import(new URL('../../../scripts/chromium.mjs', import.meta.url).href)) as { findChromium: () => string | null };
    const executablePath = findChromium();
    if (executablePath === null) throw new Error('no Chromium was found; CONSILIUM_CHROMIUM names one');
    const { server, address } = await served();
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    try {
      await firstPage(browser, address);
      const visits: FirstPage[] = [];
      for (let visit = 0; visit < 5; visit++) visits.push(await firstPage(browser, address));
      note('Each visit by a browser that keeps nothing of the one before.');
      return [
        { name: 'first contentful paint of the first page', value: median(visits.map(({ paint }) => paint)), unit: 'ms', target: 1_500 },
        { name: 'the first page can be used', value: median(visits.map(({ usable }) => usable)), unit: 'ms' },
        { name: 'compressed scripts of the first page', value: visits[0]!.scripts / 1000, unit: 'kB', target: 600 },
        ...(await largeRun(browser, address)),
      ];
    } finally {
      await browser.close();
      server.closeAllConnections();
      server.close();
    }
  },
};
