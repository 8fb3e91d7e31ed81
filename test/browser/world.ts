import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { testCluster } from '@consilium/database/testing';
import { freePort, LocalFederation, temporaryFederationFolder, type LocalSite } from '@consilium/cli';
import { writeNifti } from '@consilium/imaging';
import { approvePlan, setConsolePassword } from '@consilium/site-agent';
import { writeSeriesCase } from '@consilium/site-agent/testing';
import { planText, shortPlan, wdbcPlan, wdbcSites } from '../federation/wdbc.js';
import { findChromium } from '../../scripts/chromium.mjs';

export type Person = 'administrator' | 'scientist' | 'investigator';

export const passwords = { scientist: 'twelve-or-more-s', investigator: 'twelve-or-more-i' } as const;

/** The hospital whose console the suites open. Its first patients have images. */
export const consoleSite = 'A';
export const consolePassword = 'twelve-or-more-console';

export interface OpenOptions {
  readonly as?: Person;
  readonly mode?: 'light' | 'dark';
  readonly width?: 1440 | 390;
}

/** What stands in the federation when the suites begin. */
interface Made {
  readonly plans: { readonly open: string; readonly standard: string; readonly third: string; readonly fourth: string; /** Of three hospitals that are there, approved, not launched. */ readonly quick: string; /** Measures images of one hospital, which approved it; not launched. */ readonly images: string };
  readonly runs: { readonly open: string; readonly standard: string; readonly running: string };
  readonly console: string;
}

/**
 * One live federation and one browser for every browser suite: a coordinator, four agents, a finished run without minimum counts, a finished one
 * with them, and a running one that waits for a hospital that is away. One hospital has a console, images of a few patients and two plans to decide. Making it takes most of a minute, so suites share it.
 */
export class World {
  private readonly contexts = new Map<string, Promise<BrowserContext>>();
  /** Open pages that no suite uses at the moment, by their context. */
  private readonly idle = new Map<BrowserContext, Page[]>();

  private constructor(
    readonly federation: LocalFederation,
    readonly browser: Browser,
    private readonly made: Made,
  ) {}

  get plans(): Made['plans'] {
    return this.made.plans;
  }

  get runs(): Made['runs'] {
    return this.made.runs;
  }

  /** Address of the hospital's console. */
  get console(): string {
    return this.made.console;
  }

  static async make(): Promise<World> {
    const browser = await chromium.launch({ executablePath: findChromium()!, args: ['--no-sandbox'] });
    try {
      return await World.around(browser);
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  private static async around(browser: Browser): Promise<World> {
    const folder = await temporaryFederationFolder();
    await testCluster(join(folder, 'centre/database'));
    const federation = await LocalFederation.prepare({ folder, study: 'wdbc', title: 'Benign or malignant', sites: await withImages(await wdbcSites(), join(folder, 'images')) });
    try {
      return await World.of(federation, browser);
    } catch (error) {
      await federation.stop();
      throw error;
    }
  }

  private static async of(federation: LocalFederation, browser: Browser): Promise<World> {
    const { address } = await setConsolePassword(federation.agents.get(consoleSite)!.root, { password: consolePassword, port: await freePort() });
    const open = await planText(wdbcPlan);
    const short = JSON.parse(await planText(shortPlan)) as { models: readonly object[]; evaluate: object };
    const standard = { ...short, version: 2, disclosure: 'standard', quorum: 4, title: 'Benign or malignant, with minimum counts', evaluate: { ...short.evaluate, rows: ['test', 'all'] } };
    const three = { ...short, version: 5, title: 'Benign or malignant, by three hospitals', sites: ['A', 'B', 'C'], quorum: 2 };
    const approved = { open: await federation.approvePlan(open), standard: await federation.approvePlan(JSON.stringify(standard)), quick: await federation.approvePlan(JSON.stringify({ ...three, features: null, select: null, models: short.models.slice(0, 1) })) };
    const images = { ...three, version: 6, title: 'Benign or malignant, from images', sites: [consoleSite], quorum: 1, extract: { sequences: [{ sequence: 'T1C', settings: EXTRACTION }] }, features: { sequences: ['T1C'] }, select: null, models: short.models.slice(0, 1) };
    const finished = [await federation.launch(approved.open), await federation.launch(approved.standard)] as const;
    const offered = async (version: number, title: string) => federation.offerPlan(JSON.stringify({ ...standard, version, title }));
    const plans = { ...approved, third: await offered(3, 'Benign or malignant, once more'), fourth: await offered(4, 'Benign or malignant, for the last time'), images: await federation.offerPlan(JSON.stringify(images)) };
    await approvePlan(federation.agents.get(consoleSite)!.root, plans.images);
    for (const name of ['scientist', 'investigator'] as const) await federation.centre.post('/api/accounts', { name, role: name === 'scientist' ? 'data-scientist' : 'investigator', password: passwords[name] });
    for (const run of finished) await federation.untilEnded(run, { milliseconds: 300_000 });
    await federation.agents.get('D')!.stop();
    const running = await federation.launch(plans.standard);
    return new World(federation, browser, { plans, runs: { open: finished[0], standard: finished[1], running }, console: address });
  }

  /** An address of the dashboard. */
  address(path: string): string {
    return `${this.federation.coordinator.url}${path}`;
  }

  /** A page of the dashboard, signed in; contexts are kept, so that each person signs in once. */
  async open(path: string, { as = 'administrator', mode = 'light', width = 1440 }: OpenOptions = {}): Promise<Page> {
    return this.pageAt(await this.signedIn(as, mode, width), this.address(path));
  }

  /** A page of the hospital's console, signed in. */
  async openConsole(path: string, { mode = 'light', width = 1440 }: Omit<OpenOptions, 'as'> = {}): Promise<Page> {
    return this.pageAt(await this.kept(`console ${mode} ${width}`, () => this.signInToConsole(mode, width)), `${this.console}${path}`);
  }

  /** A page that is not needed any more and on which nothing was intercepted: the next suite goes on with it. */
  giveBack(page: Page): void {
    this.idle.set(page.context(), [...(this.idle.get(page.context()) ?? []), page]);
  }

  /** A page that was given back goes to the address as by a link of the application; without one, or where it is there already, the address is loaded. */
  private async pageAt(context: BrowserContext, address: string): Promise<Page> {
    const page = this.idle.get(context)?.pop();
    if (page === undefined || new URL(page.url()).pathname === new URL(address).pathname) {
      const opened = page ?? (await context.newPage());
      await opened.goto(address);
      await opened.locator('h1').waitFor();
      return opened;
    }
    await page.evaluate((to) => {
      document.querySelector('h1')?.setAttribute('data-before', '');
      window.history.pushState(null, '', to);
    }, address);
    await page.locator('h1:not([data-before])').waitFor();
    return page;
  }

  /** A browser that nobody has signed in to. */
  stranger(): Promise<BrowserContext> {
    return this.browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1440, height: 900 } });
  }

  private signedIn(as: Person, mode: 'light' | 'dark', width: number): Promise<BrowserContext> {
    return this.kept(`${as} ${mode} ${width}`, () => this.signIn(as, mode, width));
  }

  private kept(key: string, make: () => Promise<BrowserContext>): Promise<BrowserContext> {
    const known = this.contexts.get(key);
    if (known) return known;
    const made = make();
    this.contexts.set(key, made);
    return made;
  }

  private async signInToConsole(mode: 'light' | 'dark', width: number): Promise<BrowserContext> {
    const context = await this.browser.newContext({ acceptDownloads: true, colorScheme: mode, viewport: { width, height: width === 390 ? 844 : 900 } });
    context.setDefaultTimeout(60_000);
    const answer = await context.request.post(`${this.console}/api/session`, { data: { password: consolePassword }, headers: { origin: this.console } });
    if (!answer.ok()) throw new Error(`The console did not open: ${await answer.text()}`);
    return context;
  }

  private async signIn(as: Person, mode: 'light' | 'dark', width: number): Promise<BrowserContext> {
    const context = await this.browser.newContext({ ignoreHTTPSErrors: true, acceptDownloads: true, colorScheme: mode, viewport: { width, height: width === 390 ? 844 : 900 } });
    const other = [...this.contexts].find(([key]) => key.startsWith(`${as} `) && key !== `${as} ${mode} ${width}`)?.[1];
    context.setDefaultTimeout(60_000);
    if (other) await context.addCookies(await (await other).cookies());
    else {
      const password = as === 'administrator' ? (await readFile(this.federation.coordinator.administratorPasswordFile, 'utf8')).trim() : passwords[as];
      const answer = await context.request.post(this.address('/api/session'), { data: { name: as, password }, headers: { origin: this.federation.coordinator.url } });
      if (!answer.ok()) throw new Error(`${as} could not sign in: ${await answer.text()}`);
    }
    return context;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.federation.stop();
    await rm(this.federation.folder, { recursive: true, force: true });
  }
}

const EDGE = 32;

/** A few features of the image as it is: measured in a moment. */
const EXTRACTION = 'imageType:\n  Original: {}\nfeatureClass:\n  firstorder:\n    - Mean\n    - Variance\nsetting:\n  binWidth: 25\n  label: 1\n';

/** The first patients of one hospital get made images: a bright ball in a darker box; one without a region, one cut off by the border; two with several DICOM series in a folder, of which one is of the same protocol. */
async function withImages(sites: LocalSite[], folder: string): Promise<LocalSite[]> {
  const site = sites.find(({ name }) => name === consoleSite)!;
  const [header = '', ...rows] = site.table.trim().split('\n');
  const id = header.split(',').indexOf('id');
  const patients = rows.slice(0, 4).map((row) => row.split(',')[id]!);
  for (const [place, patient] of patients.entries()) {
    for (const sequence of place === 3 ? ['T1C'] : ['T1C', 'T2']) {
      const centre = place === 2 && sequence === 'T2' ? 4 : 14 + place;
      const inside = Uint8Array.from({ length: EDGE ** 3 }, (_, i) => (Math.hypot((i % EDGE) - centre, (Math.floor(i / EDGE) % EDGE) - 16, Math.floor(i / EDGE ** 2) - 15) < 6 + place ? 1 : 0));
      const image = Int16Array.from(inside, (value, i) => (Math.hypot((i % EDGE) - 16, (Math.floor(i / EDGE) % EDGE) - 16) < 15 ? 200 + 260 * value + ((i * 37) % 61) : (i * 13) % 17));
      const mask = place === 1 && sequence === 'T2' ? new Uint8Array(inside.length) : inside;
      const grid = { size: [EDGE, EDGE, EDGE] as const, spacing: [1, 1, 1.5] as const, origin: [0, 0, 0] as const, direction: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1) };
      await mkdir(join(folder, patient, sequence), { recursive: true });
      await writeFile(join(folder, patient, sequence, 'image.nii.gz'), writeNifti({ ...grid, pixelType: 'int16', data: image }));
      await writeFile(join(folder, patient, sequence, 'mask.nii.gz'), writeNifti({ ...grid, pixelType: 'uint8', data: mask }));
    }
  }
  for (const [place, seeds] of [[4, [4, 5]], [5, [5, 6]]] as const) await writeSeriesCase(folder, { patient: rows[place]!.split(',')[id]!, sequence: 'T1C', seeds });
  const images = { kind: 'folders' as const, root: folder, image: '{patient}/{sequence}/image', mask: '{patient}/{sequence}/mask' };
  return sites.map((one) => (one === site ? { ...one, settings: { images } } : one));
}

/** Where `npm run screenshots` puts pictures; null in an ordinary test. */
export const screenshotFolder = process.env['CONSILIUM_SCREENSHOTS'] === undefined ? null : resolve(process.env['CONSILIUM_SCREENSHOTS']);

export async function screenshot(page: Page, name: string): Promise<void> {
  if (screenshotFolder === null) return;
  await mkdir(screenshotFolder, { recursive: true });
  await page.screenshot({ path: join(screenshotFolder, `${name}.png`), fullPage: true });
}
