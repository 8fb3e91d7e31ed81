import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { readLedger } from '@consilium/site-agent';
import { outside, seriousViolations } from './page-checks.js';
import { consolePassword, consoleSite, screenshot, screenshotFolder, type World } from './world.js';

/** For a machine that does ten other things. */
const MINUTES = 900_000;

const settled = (page: Page) => page.waitForFunction(() => document.querySelector('.skeleton') === null && document.querySelector('h1') !== null);

/** Every page of the console, by a name for its picture. */
async function consoleAddresses(page: Page, { console: address, plans }: World): Promise<Record<string, string>> {
  const ask = async <T>(path: string): Promise<T> => (await page.request.get(`${address}${path}`)).json() as Promise<T>;
  const { patients } = await ask<{ patients: readonly { patient: string }[] }>('/api/patients');
  const { lines } = await ask<{ lines: readonly { sequence: number; event: string }[] }>('/api/ledger?event=contributions');
  return {
    state: '/',
    doctor: '/doctor',
    plans: '/plans',
    'plan-waiting': `/plans/${plans.third.slice(0, 16)}`,
    'plan-approved': `/plans/${plans.standard.slice(0, 16)}`,
    ledger: '/ledger',
    'ledger-record': `/ledger/${lines[0]!.sequence}`,
    settings: '/settings',
    patients: '/patients',
    patient: `/patients/${patients[0]!.patient}`,
    'patient-flagged': `/patients/${patients[1]!.patient}?sequence=T2`,
    extraction: '/extraction',
  };
}

export function consolePages(world: () => World): void {
  const agent = () => world().federation.agents.get(consoleSite)!;

  it.runIf(screenshotFolder !== null)('shows every page in light and dark without a serious violation, and none scrolls sideways; with pictures in both languages and narrow too', async () => {
    const failures: string[] = [];
    const page = await world().openConsole('/patients');
    page.on('pageerror', ({ message }) => failures.push(`${page.url()}: ${message}`));
    await page.waitForFunction(() => !/Reading images/.test(document.body.textContent ?? ''));
    const addresses = Object.entries(await consoleAddresses(page, world()));
    for (const [name, path] of addresses) {
      await page.goto(`${world().console}${path}`);
      await settled(page);
      await page.waitForLoadState('networkidle');
      failures.push(...[...(await outside(page)), ...(await seriousViolations(page))].map((one) => `${name}, light: ${one}`));
      await screenshot(page, `console-${name}-light-1440`);
      await page.emulateMedia({ colorScheme: 'dark' });
      failures.push(...(await seriousViolations(page, ['color-contrast'])).map((one) => `${name}, dark: ${one}`));
      await screenshot(page, `console-${name}-dark-1440`);
      await page.emulateMedia({ colorScheme: 'light' });
    }
    await page.getByRole('button', { name: 'Language: 中文' }).click();
    for (const [name, path] of addresses) {
      await page.goto(`${world().console}${path}`);
      await settled(page);
      await page.waitForLoadState('networkidle');
      failures.push(...(await outside(page)).map((one) => `${name}, Chinese: ${one}`));
      expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-Hans');
      await screenshot(page, `console-${name}-zh-1440`);
    }
    await page.getByRole('button', { name: '语言: English' }).click();
    await page.close();
    const narrow = await world().openConsole('/', { width: 390 });
    for (const [name, path] of addresses) {
      await narrow.goto(`${world().console}${path}`);
      await settled(narrow);
      failures.push(...(await outside(narrow)).map((one) => `${name}, 390: ${one}`));
      await screenshot(narrow, `console-${name}-light-390`);
      await narrow.emulateMedia({ colorScheme: 'dark' });
      await screenshot(narrow, `console-${name}-dark-390`);
      await narrow.emulateMedia({ colorScheme: 'light' });
    }
    await narrow.close();
    expect(failures).toStrictEqual([]);
  }, MINUTES);

  it('opens by its password and leads to where one wanted to go; a wrong one is refused in words', async () => {
    const context = await world().stranger();
    const page = await context.newPage();
    await page.goto(`${world().console}/ledger`);
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('The password is wrong');
    expect(await seriousViolations(page)).toStrictEqual([]);
    await screenshot(page, 'console-sign-in-light-1440');
    await page.getByLabel('Password').fill(consolePassword);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/ledger');
    expect(await page.evaluate(() => document.cookie)).toBe('');
    await context.close();
  });

  it('says at a glance that it is connected and which plans wait', async () => {
    const page = await world().openConsole('/');
    expect(await page.locator('.page-answer').textContent()).toMatch(/^2 plans wait for you\. \d+.[kM]?B left today\.$/);
    await page.getByText('Connected to the coordinating centre since').waitFor();
    world().giveBack(page);
  });

  describe('with plans', () => {
    const atCentre = async (plan: string) => {
      const { decisions } = await world().federation.centre.get<{ decisions: readonly { site: string; decision: string; reason: string | null }[] }>(`/api/plans/${plan}`);
      return decisions.find(({ site }) => site === consoleSite);
    };

    it('approves one, after it was read, and the centre hears of it', async () => {
      const { third } = world().plans;
      const page = await world().openConsole('/plans');
      await page.getByRole('link', { name: 'Benign or malignant, once more' }).click();
      await page.getByText('In plain words').waitFor();
      await page.getByRole('button', { name: 'Approve' }).click();
      expect(await page.getByRole('alert').textContent()).toContain('Say first that you have read');
      expect(await page.getByLabel('I have read what will be sent').evaluate((box) => [box === document.activeElement, box.ariaInvalid])).toEqual([true, 'true']);
      await page.getByLabel('I have read what will be sent').check();
      await page.getByLabel('Days the approval holds').fill('30');
      await page.getByRole('button', { name: 'Approve' }).click();
      await page.getByText(/^Approved on /).waitFor();
      await expect.poll(async () => (await atCentre(third))?.decision).toBe('approved');
      world().giveBack(page);
    });

    it('refuses one with a reason, and the centre hears that', async () => {
      const { fourth } = world().plans;
      const page = await world().openConsole(`/plans/${fourth.slice(0, 16)}`);
      await page.getByRole('button', { name: 'Refuse' }).click();
      expect(await page.getByRole('alert').textContent()).toContain('Write a reason');
      await page.getByLabel('Note for the coordinating centre').fill('no ethics vote yet');
      await page.getByRole('button', { name: 'Refuse' }).click();
      await page.getByText(/^Refused on .* Note: no ethics vote yet$/).waitFor();
      await expect.poll(() => atCentre(fourth)).toMatchObject({ decision: 'refused', reason: 'no ethics vote yet' });
      world().giveBack(page);
    });
  });

  it('shows the numbers that left, as they stand on the ledger, and gives the ledger as a table', async () => {
    const page = await world().openConsole('/ledger?event=contributions');
    await page.getByRole('button', { name: 'Verify the chain' }).click();
    await page.getByText('The chain is whole').waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export as CSV' }).click()]);
    expect((await readFile(await download.path(), 'utf8')).split('\n')[0]).toContain('sequence,at,event,run');
    const sequence = Number(await page.locator('tbody th').first().textContent());
    await page.locator('tbody th a').first().click();
    await page.getByRole('button', { name: 'JSON' }).first().click();
    const shown = JSON.parse((await page.locator('pre').first().textContent())!) as unknown;
    for await (const { sequence: at, entry } of readLedger(agent().folder.ledger)) {
      if (at === sequence && entry?.event === 'contributions') expect(shown).toStrictEqual(entry.parts[0]!.rendering.content);
    }
    world().giveBack(page);
  });

  it('draws three planes of a patient with the outline, moves through slices by keys, and excludes with a reason', async () => {
    const page = await world().openConsole('/patients');
    await page.locator('tbody th a').first().waitFor();
    const { patients } = (await (await page.request.get(`${world().console}/api/patients`)).json()) as { patients: { patient: string }[] };
    const patient = patients[0]!.patient;
    await page.goto(`${world().console}/patients/${patient}?sequence=T1C`);
    await page.locator('[data-slice] canvas').nth(2).waitFor();
    expect(await page.locator('[data-slice="axial"] path').getAttribute('d')).toMatch(/^M\d+ \d+h\d+/);
    const lit = await page.locator('[data-slice="axial"] canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 32, 32).data.filter((value, i) => i % 4 === 0 && value > 128).length);
    expect(lit).toBeGreaterThan(20);
    const before = await page.locator('[data-slice="axial"] figcaption').textContent();
    await page.getByLabel('Slice, Axial').press('ArrowRight');
    await expect.poll(() => page.locator('[data-slice="axial"] figcaption').textContent()).not.toBe(before);
    await page.locator('h1').press('x');
    await page.getByRole('dialog').getByRole('button', { name: 'Exclude' }).click();
    expect(await page.getByRole('dialog').getByRole('alert').textContent()).toContain('Write a reason');
    await page.getByRole('dialog').getByLabel('Reason').fill('made for a test');
    await page.getByRole('dialog').getByRole('button', { name: 'Exclude' }).click();
    await page.getByText(/^Excluded on .*: made for a test$/).waitFor();
    await page.getByRole('button', { name: 'Take back' }).click();
    await page.getByText(/^Taken back on/).waitFor();
    await page.locator('h1').press('j');
    await page.waitForURL(`**/patients/${patients[1]!.patient}*`);
    world().giveBack(page);
  });

  it('takes one of several series when asked, finds the series of another patient by its scanner, and measures a case again', async () => {
    const page = await world().openConsole('/patients');
    const read = async () => (await (await page.request.get(`${world().console}/api/patients`)).json()) as { scanning: object | null; patients: { patient: string; cells: { sequence: string; state: string }[] }[] };
    await expect.poll(async () => (await read()).scanning, { timeout: 60_000 }).toBeNull();
    const { patients } = await read();
    const [first, second] = patients.filter(({ cells }) => cells.some(({ sequence, state }) => sequence === 'T1C' && state === 'refused'));
    const at = (patient: string) => page.goto(`${world().console}/patients/${patient}?sequence=T1C`);
    await at(first!.patient);
    const series = page.locator('[data-series]');
    await series.getByText('2 series could be meant, so none was taken. Choose one.').waitFor();
    await series.getByLabel(/^Remember for this scanner and protocol/).check();
    await series.getByRole('row', { name: /Series 5/ }).getByRole('button').click();
    await series.getByText(/^Chosen here on /).waitFor();
    await page.locator('[data-slice] canvas').nth(2).waitFor();
    await at(second!.patient);
    await series.getByText('Taken because this scanner and protocol was remembered for the sequence.').waitFor();
    expect(await series.getByRole('row', { name: /Series 5/ }).textContent()).toContain('Taken');
    await screenshot(page, 'console-series-light-1440');
    await page.getByRole('button', { name: 'Extract T1C again' }).click();
    await page.getByText('It is being measured again, for 1 plan.').waitFor();
    await page.getByRole('link', { name: 'Extraction' }).click();
    await expect.poll(() => page.getByRole('row', { name: /^T1C/ }).textContent(), { timeout: 60_000 }).toMatch(/^T1C1/);
    await page.getByRole('button', { name: 'Pause extraction' }).click();
    await page.getByText(/^Paused since .* nothing more is measured until you resume/).waitFor();
    await page.getByRole('button', { name: 'Resume extraction' }).click();
    await page.getByText(/^Paused since/).waitFor({ state: 'detached' });
    await at(second!.patient);
    await series.getByRole('button', { name: 'Forget this scanner and protocol' }).click();
    await series.getByText(/could be meant, so none was taken/).waitFor();
    world().giveBack(page);
  });

  it('says which rule of the hospital is mistaken beside its field, in both languages, and saves all of them once they are right', async () => {
    const page = await world().openConsole('/settings');
    const least = page.getByLabel('Least patients', { exact: true });
    const before = await least.inputValue();
    const saved = page.getByText('Saved. The rules hold from the next question on.');
    await least.fill('');
    await page.getByRole('button', { name: 'Only within hours' }).click();
    await page.getByLabel('To', { exact: true }).fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').first().waitFor();
    expect(await page.getByRole('alert').allTextContents()).toEqual(['Write a whole number from 0 to 100000.', 'Write a time of the day as 19:00.']);
    expect(await least.evaluate((field) => [field === document.activeElement, field.ariaInvalid])).toEqual([true, 'true']);
    expect(await seriousViolations(page)).toEqual([]);
    await screenshot(page, 'console-form-mistaken-light-1440');
    await page.getByRole('button', { name: 'Language: 中文' }).click();
    await page.getByText('请填写 0 到 100000 的整数。').waitFor();
    await page.getByRole('button', { name: '语言: English' }).click();
    await least.fill(before);
    await page.getByRole('button', { name: 'At any time' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await saved.waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.getByLabel('Days an approval holds').fill('90');
    await saved.waitFor({ state: 'detached' });
    world().giveBack(page);
  });

  it('stops a site at once, which is seen at the centre, and lets it go on by the password', async () => {
    const atCentre = async () => (await world().federation.centre.get<readonly { name: string; connected: boolean; stoppedAt: string | null }[]>('/api/sites')).find(({ name }) => name === consoleSite);
    const page = await world().openConsole('/');
    await page.getByRole('button', { name: 'Stop now' }).click();
    await page.getByLabel('Reason, told to the coordinating centre').fill('maintenance');
    await page.getByRole('button', { name: 'Stop', exact: false }).first().click();
    await page.getByText(/^Stopped at /).waitFor();
    expect(await page.getByText('Done', { exact: false }).count()).toBeGreaterThanOrEqual(3);
    await screenshot(page, 'console-stopped-light-1440');
    expect(await seriousViolations(page)).toStrictEqual([]);
    await expect.poll(atCentre).toMatchObject({ connected: false, stoppedAt: expect.stringMatching(/^20/) as string });
    const centre = await world().open('/sites');
    await centre.getByText(/Stopped by the site/).waitFor();
    world().giveBack(centre);
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Resume' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('The site stays stopped');
    await page.getByLabel('Password').fill(consolePassword);
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('Connected to the coordinating centre since').waitFor();
    await expect.poll(atCentre).toMatchObject({ connected: true, stoppedAt: null });
    world().giveBack(page);
  });

  it('speaks Chinese when asked, and keeps to it', async () => {
    const page = await world().openConsole('/plans');
    await page.getByRole('button', { name: 'Language: 中文' }).click();
    await page.getByRole('heading', { name: '本站点收到了哪些分析方案？' }).waitFor();
    await page.reload();
    await page.getByRole('link', { name: '外发记录' }).click();
    await page.getByRole('heading', { name: '哪些内容离开了本院？' }).waitFor();
    await page.getByRole('button', { name: '语言: English' }).click();
    await page.getByRole('heading', { name: 'What left the building?' }).waitFor();
    world().giveBack(page);
  });
}
