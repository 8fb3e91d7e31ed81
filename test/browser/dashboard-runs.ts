import { withdrawPatient } from '@consilium/site-agent';
import { expect, it } from 'vitest';
import { wdbcSites } from '../federation/wdbc.js';
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
    // Fewer hospitals than the plan demands would be left: that is said, and the run keeps waiting.
    await page.getByRole('button', { name: 'Resume without D…' }).click();
    await page.getByRole('button', { name: 'Resume without it' }).click();
    expect(await page.getByRole('alert').textContent()).toMatch(/The run was not changed.*3 of the 4 sites that the plan demands/s);
    await page.getByRole('button', { name: 'Resume', exact: true }).click();
    await page.locator('.tag', { hasText: 'Running' }).waitFor();
    await page.getByRole('button', { name: 'Cancel run…' }).click();
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    await page.locator('.tag', { hasText: 'Cancelled' }).waitFor();
    await other.locator('.tag', { hasText: 'Cancelled' }).waitFor();
    expect(await page.getByRole('button', { name: /Pause|Resume|Cancel/ }).count()).toBe(0);
    await page.getByRole('button', { name: 'Launch the plan again' }).waitFor();
    await other.getByText('You may read this run but not launch it again.').waitFor();
    await page.getByRole('heading', { name: 'The run was cancelled' }).waitFor();
    await Promise.all([page.close(), other.close()]);
  });

  it('says on every page of a run that patients of its training withdrew consent, how many only in steps, and what each hospital weighed', async () => {
    const { federation, runs } = world();
    const page = await world().open(`/runs/${runs.open}/downloads`, { as: 'investigator' });
    expect(await page.getByText(/withdrew consent since/).count()).toBe(0);
    await withdrawPatient(federation.agents.get('B')!.root, await trainingPatient('B'));
    await expect.poll(async () => (await federation.centre.get<{ withdrawn: readonly object[] }>(`/api/runs/${runs.open}/lineage`)).withdrawn, { timeout: 30_000 }).toHaveLength(1);
    for (const end of ['', '/performance', '/report']) {
      const other = await world().open(`/runs/${runs.open}${end}`, { as: 'investigator' });
      await other.getByRole('heading', { name: /withdrew consent since/ }).waitFor();
      await other.getByText(/^1 patient, told on /).waitFor();
      world().giveBack(other);
    }
    const rounds = await world().open(`/runs/${runs.open}/rounds`, { as: 'investigator' });
    await rounds.getByText(/rounds could be looked at\./).waitFor();
    await Promise.all([page.close(), rounds.close()]);
  });
}

/** A patient of a hospital's training rows. */
async function trainingPatient(site: string): Promise<string> {
  const [header = [], ...rows] = (await wdbcSites()).find(({ name }) => name === site)!.table.trim().split('\n').map((line) => line.split(','));
  const [id, split] = ['id', 'split'].map((column) => header.indexOf(column)) as [number, number];
  return rows.find((cells) => cells[split] === 'train')![id]!;
}
