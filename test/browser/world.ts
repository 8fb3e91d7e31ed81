import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { LocalFederation, temporaryFederationFolder } from '@consilium/cli';
import { planText, wdbcPlan, wdbcSites } from '../federation/wdbc.js';
import { findChromium } from '../../scripts/chromium.mjs';

export type Person = 'administrator' | 'scientist' | 'investigator';

export const passwords = { scientist: 'twelve-or-more-s', investigator: 'twelve-or-more-i' } as const;

export interface OpenOptions {
  readonly as?: Person;
  readonly mode?: 'light' | 'dark';
  readonly width?: 1440 | 390;
}

/**
 * One live federation and one browser for every browser suite: a coordinator, four agents, a finished run without minimum counts, a finished one
 * with them, and a running one that waits for a hospital that is away. Making it takes most of a minute, so suites share it.
 */
export class World {
  private readonly contexts = new Map<string, Promise<BrowserContext>>();

  private constructor(
    readonly federation: LocalFederation,
    readonly browser: Browser,
    readonly plans: { readonly open: string; readonly standard: string },
    readonly runs: { readonly open: string; readonly standard: string; readonly running: string },
  ) {}

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
    const federation = await LocalFederation.prepare({ folder, study: 'wdbc', title: 'Benign or malignant', sites: await wdbcSites() });
    const open = await planText(wdbcPlan);
    const standard = { ...(JSON.parse(open) as object), version: 2, disclosure: 'standard', title: 'Benign or malignant, with minimum counts' };
    const plans = { open: await federation.approvePlan(open), standard: await federation.approvePlan(JSON.stringify(standard)) };
    const finished = [await federation.launch(plans.open), await federation.launch(plans.standard)] as const;
    for (const name of ['scientist', 'investigator'] as const) await federation.centre.post('/api/accounts', { name, role: name === 'scientist' ? 'data-scientist' : 'investigator', password: passwords[name] });
    for (const run of finished) await federation.untilEnded(run);
    await federation.agents.get('D')!.stop();
    const running = await federation.launch(plans.standard);
    return new World(federation, browser, plans, { open: finished[0], standard: finished[1], running });
  }

  /** An address of the dashboard. */
  address(path: string): string {
    return `${this.federation.coordinator.url}${path}`;
  }

  /** A page of the dashboard, signed in; contexts are kept, so that each person signs in once. */
  async open(path: string, { as = 'administrator', mode = 'light', width = 1440 }: OpenOptions = {}): Promise<Page> {
    const page = await (await this.signedIn(as, mode, width)).newPage();
    await page.goto(this.address(path));
    await page.locator('h1').waitFor();
    return page;
  }

  /** A browser that nobody has signed in to. */
  stranger(): Promise<BrowserContext> {
    return this.browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1440, height: 900 } });
  }

  private signedIn(as: Person, mode: 'light' | 'dark', width: number): Promise<BrowserContext> {
    const key = `${as} ${mode} ${width}`;
    const known = this.contexts.get(key);
    if (known) return known;
    const made = this.signIn(as, mode, width);
    this.contexts.set(key, made);
    return made;
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

/** Where `npm run screenshots` puts pictures; null in an ordinary test. */
export const screenshotFolder = process.env['CONSILIUM_SCREENSHOTS'] === undefined ? null : resolve(process.env['CONSILIUM_SCREENSHOTS']);

export async function screenshot(page: Page, name: string): Promise<void> {
  if (screenshotFolder === null) return;
  await mkdir(screenshotFolder, { recursive: true });
  await page.screenshot({ path: join(screenshotFolder, `${name}.png`), fullPage: true });
}
