import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canRefuseWrites, refuseWrites, smallDisk, type SmallDisk } from '@consilium/operations/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { patientsCsv, planText, SiteFixture, totalsQuestion } from '../fixtures/site-fixture.js';
import { verifyLedger } from '../ledger/ledger.js';
import { toldError } from '../told-error.js';

let site: SiteFixture | undefined;
let letGo: () => void = () => undefined;
afterEach(async () => {
  letGo();
  letGo = () => undefined;
  await site?.end();
  site = undefined;
});

/** Once there is room again: the run is asked anew, is answered, and the ledger is whole. */
async function goesOn(fixture: SiteFixture, run: string, plan: string): Promise<void> {
  const before = fixture.coordinator.of('answers').length;
  await fixture.coordinator.announce(run, plan);
  await fixture.coordinator.ask(plan, [totalsQuestion(run, 'r1')]);
  const { message } = await fixture.coordinator.next('answers', before);
  expect([message.parts.length, message.refusals]).toEqual([1, []]);
  await fixture.agent!.stop();
  expect(await verifyLedger(join(fixture.root, 'ledger/ledger.jsonl'))).toMatchObject({ intact: true });
}

describe.skipIf(!canRefuseWrites)('fault 27: an agent whose disk takes no more bytes', () => {
  it.each(['a plan is offered', 'a run is announced', 'a question comes'] as const)('when %s sends nothing, ends by itself with what to do, and goes on when there is room again', async (moment) => {
    const fixture = (site = await SiteFixture.make());
    const agent = await fixture.start();
    const { coordinator } = fixture;
    const plan = moment === 'a plan is offered' ? '' : await fixture.openRun('run');
    letGo = refuseWrites();
    if (moment === 'a plan is offered') await coordinator.offer(planText());
    if (moment === 'a run is announced') await coordinator.announce('another', plan);
    if (moment === 'a question comes') await coordinator.ask(plan, [totalsQuestion('run', 'r1')]);
    const reason = await agent.ended;
    letGo();
    expect(toldError(reason!)).toMatch(/^The [a-z ]+ cannot be written: its files may not become larger\. Nothing was sent\. Free disk space or correct the permissions of the site folder, then start the agent again\.$/);
    expect(coordinator.of('answers')).toEqual([]);
    await fixture.start();
    await goesOn(fixture, 'run', plan === '' ? await fixture.openRun('run') : plan);
  });
});

describe('fault 27: an agent on a small disk of its own', () => {
  /** A disk whose files are open cannot be made read-only. */
  const elsewhere = { logTo: '/dev/null' };
  let disk: SmallDisk | undefined;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'consilium-small-'));
    disk = await smallDisk(join(folder, 'disk'), 1024);
  });
  afterAll(async () => {
    await disk?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it('that is full stops before it sends; that is read-only does not start; both say so', async (context) => {
    if (!disk) return context.skip('This account may mount no file system.');
    const root = disk.folder;
    const fixture = await SiteFixture.make({}, patientsCsv(), root);
    try {
      const agent = await fixture.start(elsewhere);
      const plan = await fixture.openRun('run');
      await writeFile(join(root, 'data/others'), Buffer.alloc(1 << 20)).catch(() => undefined);
      await fixture.coordinator.ask(plan, [totalsQuestion('run', 'r1')]);
      expect(await agent.ended).toMatchObject({ code: 'E319', message: expect.stringMatching(/cannot be written: the disk is full\. Nothing was sent\.$/) as string });
      expect(fixture.coordinator.of('answers')).toEqual([]);
      await rm(join(root, 'data/others'));
      await fixture.start(elsewhere);
      await goesOn(fixture, 'run', plan);
      disk.readOnly();
      await expect(fixture.start(elsewhere)).rejects.toMatchObject({ code: 'E319', message: 'The site folder cannot be written: the disk is read-only. Nothing was started.' });
    } finally {
      await fixture.agent?.stop();
      await fixture.coordinator.stop();
    }
  });

  it('loses lines of its log and nothing else where only the log finds no room', async () => {
    const fixture = (site = await SiteFixture.make());
    await fixture.start({ logTo: '/dev/full' });
    await goesOn(fixture, 'run', await fixture.openRun('run'));
  });
});
