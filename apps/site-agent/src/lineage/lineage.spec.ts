import { siteFigures } from '@consilium/federation';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Question } from '../fixtures/scripted-coordinator.js';
import { patientsCsv, planText, SiteFixture, totalsQuestion } from '../fixtures/site-fixture.js';
import { LineageStore } from './lineage-store.js';
import { listLineage, withdrawPatient } from './withdraw-patient.js';
import { steppedCount } from './withdrawals.js';

let site: SiteFixture;
afterEach(() => site.end());

/** P000, P004, P008 are test rows; the others train. */
const trained = ['P001', 'P002', 'P003', 'P005', 'P006', 'P007'];
const statement = async (after = 0) => (await site.coordinator.next('withdrawals', after)).message.runs;

async function trainedSite(text = planText()): Promise<string> {
  site = await SiteFixture.make();
  await site.start();
  const plan = await site.openRun('run-1', text);
  await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
  await site.coordinator.next('answers');
  return plan;
}

describe('fault 46: patients whose rows trained a model and who withdraw consent', () => {
  it('are found in the run by the site, which tells the centre the run and a range, and nothing of them', async () => {
    const plan = await trainedSite();
    expect(await withdrawPatient(site.root, 'P001')).toMatchObject([{ lineage: { run: 'run-1', models: ['model'] }, withdrawn: 1 }]);
    expect(await statement()).toEqual([{ run: 'run-1', patients: { atLeast: 1, below: 5 } }]);
    for (const patient of trained.slice(1, 4)) await withdrawPatient(site.root, patient);
    // Four are told as one is: the statement stands.
    for (const patient of trained.slice(4)) await withdrawPatient(site.root, patient);
    expect(await statement(1)).toEqual([{ run: 'run-1', patients: { atLeast: 5, below: 10 } }]);
    expect(listLineage(site.root)).toMatchObject([{ withdrawn: 6, lineage: { plan } }]);
    expect(listLineage(site.root)[0]!.lineage.patients.size).toBe(45);
    const [ledger, record] = await Promise.all([site.ledgerText(), readFile(join(site.root, 'lineage', 'told.json'), 'utf8')]);
    expect(ledger).toContain('"event":"withdrawals"');
    expect(ledger + record).not.toMatch(/P00\d/);
  });

  it('mark no run that did not train on them', async () => {
    const plan = await trainedSite();
    const test = { view: { outcome: 'y', features: ['age'], rows: [{ column: 'split', oneOf: ['test'] }] }, parameters: { models: ['age'], thresholds: [[]], minimumCell: 5 } };
    await site.coordinator.ask(plan, [{ run: 'run-1', round: 'r2', attempt: 1, step: siteFigures as Question['step'], request: test }]);
    await site.coordinator.next('answers', 1);
    expect(await withdrawPatient(site.root, 'P000')).toEqual([]);
    expect(listLineage(site.root)).toMatchObject([{ withdrawn: 0 }]);
    await withdrawPatient(site.root, 'P001');
    expect(await statement()).toHaveLength(1);
    expect(site.coordinator.of('withdrawals')).toHaveLength(1);
  });

  it('are on the record of what was told when the agent has stopped, however soon after', async () => {
    await trainedSite();
    await withdrawPatient(site.root, 'P001');
    const told = await statement();
    await site.agent!.stop();
    expect(JSON.parse(await readFile(join(site.root, 'lineage', 'told.json'), 'utf8'))).toEqual(told);
  });

  it('are told again on the next connection, also of a row that the table no longer has; and no more when the site is out of the run', async () => {
    const plan = await trainedSite();
    await writeFile(join(site.root, 'data/clinical.csv'), patientsCsv().split('\n').filter((line) => !line.startsWith('P001,')).join('\n'));
    await withdrawPatient(site.root, 'P001');
    const told = await statement();
    site.coordinator.cut();
    expect(await statement(1)).toEqual(told);
    await site.coordinator.announce('run-1', plan, { sites: ['Leiden'] });
    site.coordinator.cut();
    expect(await statement(2)).toEqual([]);
    await expect(withdrawPatient(site.root, 'nobody')).rejects.toMatchObject({ code: 'E347' });
  });

  it('are remembered across a restart, and a damaged record stops the site', async () => {
    await trainedSite();
    await site.agent!.stop();
    const folder = join(site.root, 'lineage');
    expect(LineageStore.open(folder).all()).toMatchObject([{ run: 'run-1', models: ['model'] }]);
    const [name] = (await import('node:fs')).readdirSync(folder);
    await writeFile(join(folder, name!), '{"format":1}');
    await expect(site.start()).rejects.toMatchObject({ code: 'E319' });
  });
});

it('a count is told in steps of the minimum count', () => {
  expect([1, 4, 5, 9, 10].map((count) => steppedCount(count, 5))).toEqual([{ atLeast: 1, below: 5 }, { atLeast: 1, below: 5 }, { atLeast: 5, below: 10 }, { atLeast: 5, below: 10 }, { atLeast: 10, below: 15 }]);
  expect(steppedCount(3, 0)).toEqual({ atLeast: 3, below: 4 });
});
