import { expect, it } from 'vitest';
import { say } from '@consilium/charts';
import { seriousViolations } from './page-checks.js';
import { passwords, screenshot, type World } from './world.js';

export function dashboardPeople(world: () => World): void {
  it('refuses a wrong password in words, and after signing in leads to where one wanted to go', async () => {
    const context = await world().stranger();
    const page = await context.newPage();
    await page.goto(world().address('/studies/wdbc/plans'));
    await page.getByLabel('Name').fill('investigator');
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('The name or the password is wrong');
    await page.getByLabel('Password').fill(passwords.investigator);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/studies/wdbc/plans');
    expect(await page.evaluate(() => document.cookie)).toBe('');
    await page.getByRole('button', { name: 'Account investigator' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL('**/sign-in*');
    await context.close();
  });

  it('lets an investigator read a run and says who may pause it; the server refuses it too', async () => {
    const { runs, federation } = world();
    const page = await world().open(`/runs/${runs.running}`, { as: 'investigator' });
    await page.getByText('You may read this run but not pause it').waitFor();
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
    const answer = await page.context().request.post(world().address(`/api/runs/${runs.running}/pause`), { headers: { origin: federation.coordinator.url } });
    expect(answer.status()).toBe(403);
    await page.goto(world().address('/audit'));
    await page.getByRole('alert').first().waitFor();
    expect(await page.getByRole('alert').first().textContent()).toContain('does not allow this');
    world().giveBack(page);
  });

  it('shows an administrator who did what in a run, and since when each hospital is online', async () => {
    const { runs, federation } = world();
    const page = await world().open(`/runs/${runs.open}`);
    await page.getByRole('link', { name: 'Audit', exact: true }).click();
    await page.getByRole('heading', { name: 'Who did what in this run?' }).waitFor();
    const launched = page.getByRole('row', { name: /run\slaunched this run/ });
    await launched.waitFor();
    expect(await launched.count()).toBe(1);
    const { connectedSince } = (await federation.centre.get<readonly { name: string; connectedSince: string | null }[]>('/api/sites')).find(({ name }) => name === 'A')!;
    await page.goto(world().address('/sites'));
    const hospitals = page.getByRole('region', { name: 'Hospitals' });
    await hospitals.waitFor();
    const column = (await hospitals.getByRole('columnheader').allTextContents()).indexOf('Online since');
    const row = hospitals.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'A', exact: true }) });
    expect((await row.locator('th, td').allTextContents())[column]).toBe(say.moment(connectedSince!));
    world().giveBack(page);
  });

  it('says what is mistaken in a new account beside its field, keeps what was typed when the server refuses, and makes it once it is right', async () => {
    const page = await world().open('/people');
    const asked: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && asked.push(request.url()));
    await page.getByRole('button', { name: 'New account' }).click();
    const form = page.getByRole('dialog');
    const [name, password] = [form.getByLabel(/^Name/), form.getByLabel(/^Password/)];
    await name.fill('Anna K');
    await password.fill('short');
    await form.getByRole('button', { name: 'Make account' }).click();
    await form.getByRole('alert').first().waitFor();
    expect(await form.getByRole('alert').allTextContents()).toEqual([expect.stringMatching(/^Begin with a lower-case letter/), 'Write at least 12 characters.']);
    expect(await name.evaluate((field) => [field === document.activeElement, field.ariaInvalid, document.getElementById(field.getAttribute('aria-describedby')!)!.textContent])).toEqual([true, 'true', expect.stringMatching(/^Begin with/)]);
    expect([asked, await seriousViolations(page)]).toEqual([[], []]);
    await screenshot(page, 'form-mistaken-light-1440');
    await name.fill('investigator');
    await password.fill('twelve-or-more-a');
    await form.getByRole('button', { name: 'Make account' }).click();
    await form.getByRole('heading', { name: 'The account was not made' }).waitFor();
    expect([await name.inputValue(), await password.inputValue()]).toEqual(['investigator', 'twelve-or-more-a']);
    await name.fill('anna.k');
    await password.press('Enter');
    await page.getByRole('row', { name: /anna\.k/ }).waitFor();
    await form.waitFor({ state: 'detached' });
    await page.close();
  });

  it('names the mistakes of a plan by their line before anything is stored, and keeps the draft over a reload', async () => {
    const page = await world().open('/studies/wdbc/plans/new', { as: 'scientist' });
    await page.getByLabel('Plan, YAML or JSON').fill('consilium: 1\ntitle: Broken\nversion: none\n');
    await page.getByRole('button', { name: 'Check' }).click();
    expect(await page.getByRole('alert').textContent()).toMatch(/mistakes.*[Ll]ine 3/s);
    await page.reload();
    expect(await page.getByLabel('Plan, YAML or JSON').inputValue()).toContain('title: Broken');
    await page.getByLabel('Plan, YAML or JSON').fill('');
    world().giveBack(page);
  });
}
