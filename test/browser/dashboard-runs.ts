import { expect, it } from 'vitest';
import type { World } from './world.js';

/** What a data scientist does with runs, on pages that are never loaded anew. */
export function dashboardRuns(world: () => World): void {
  it('launches a plan and watches its run to the end without a reload', async () => {
    const page = await world().open(`/studies/wdbc/plans/${world().plans.quick.slice(0, 16)}`, { as: 'scientist' });
    let loads = 0;
    page.on('load', () => loads++);
    await page.getByRole('button', { name: 'Launch' }).click();
    await page.waitForURL('**/runs/*');
    await page.getByText(/^Finished in .*, \d+ rounds? at 3 hospitals\.$/).waitFor();
    expect(await page.locator('.tag', { hasText: 'Finished' }).count()).toBe(1);
    await page.getByRole('button', { name: 'See whether it works' }).click();
    await page.getByRole('heading', { name: 'Does it work?' }).waitFor();
    await page.getByText(/^Pooled AUC 0\.\d\d/).first().waitFor();
    expect(loads).toBe(0);
    world().giveBack(page);
  });

  it('does not launch what a hospital has not approved, and says which', async () => {
    const page = await world().open(`/studies/wdbc/plans/${world().plans.third.slice(0, 16)}`, { as: 'scientist' });
    await page.getByRole('button', { name: 'Launch' }).click();
    expect(await page.getByRole('alert').textContent()).toMatch(/Nothing was launched.*\bB\b.*\bC\b/s);
    world().giveBack(page);
  });

  it('pauses, resumes and cancels a run, each told in words and seen by others who watch', async () => {
    const address = `/runs/${world().runs.running}`;
    const other = await world().open(address, { as: 'investigator' });
    const page = await world().open(address, { as: 'scientist' });
    await page.getByText(/Waiting for D, which is not connected/).first().waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.locator('.tag', { hasText: 'Paused' }).waitFor();
    await other.locator('.tag', { hasText: 'Paused' }).waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.locator('.tag', { hasText: 'Running' }).waitFor();
    await page.getByRole('button', { name: 'Cancel run…' }).click();
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    await page.locator('.tag', { hasText: 'Cancelled' }).waitFor();
    await other.locator('.tag', { hasText: 'Cancelled' }).waitFor();
    expect(await page.getByRole('button', { name: /Pause|Resume|Cancel/ }).count()).toBe(0);
    await page.getByRole('heading', { name: 'The run was cancelled' }).waitFor();
    await Promise.all([page.close(), other.close()]);
  });
}
