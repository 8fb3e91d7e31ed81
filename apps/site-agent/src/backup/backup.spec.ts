import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SiteFixture, totalsQuestion } from '../fixtures/site-fixture.js';
import { verifyLedger } from '../ledger/ledger.js';
import { listPlans } from '../plans/decide-plan.js';
import { listBudget } from '../privacy/list-budget.js';
import { backupSite } from './backup-site.js';
import { restoreSite } from './restore-site.js';
import { isInside, openBackup, sealBackup } from './sealed-backup.js';

const passphrase = 'correct horse battery staple';
let folder: string;
let site: SiteFixture;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-backup-'));
  site = await SiteFixture.make();
});
afterAll(async () => {
  await site.end();
  await rm(folder, { recursive: true, force: true });
});

describe('a backup of a site', () => {
  it('gives back the site: its key, settings, ledger and what is unsettled, and neither tables nor approvals nor keys of masks', async () => {
    await site.start();
    const plan = await site.openRun('run-1');
    await site.coordinator.ask(plan, [totalsQuestion('run-1', 'r1')]);
    await site.coordinator.next('answers');
    await writeFile(join(site.root, 'aggregation', `${'a'.repeat(64)}.json`), '{}');
    const out = join(folder, 'one');
    await expect(backupSite(site.root, { out, passphrase })).rejects.toMatchObject({ code: 'E312' });
    await site.agent!.stop();
    await backupSite(site.root, { out, passphrase });
    expect((await stat(out)).mode & 0o077).toBe(0);
    expect((await readFile(out)).includes(Buffer.from('consilium-identity'))).toBe(false);

    const root = join(folder, 'restored');
    const { site: name, words } = await restoreSite(root, { from: out, passphrase });
    expect(name).toBe('Utrecht');
    expect(words.split(' ')).toHaveLength(10);
    for (const file of ['identity.json', 'agent.json', 'enrolment.json']) expect(await readFile(join(root, file))).toEqual(await readFile(join(site.root, file)));
    for (const empty of ['approvals', 'aggregation', 'data', 'artefacts']) expect(readdirSync(join(root, empty)), empty).toEqual([]);
    expect((await listPlans(root)).map(({ digest, decision }) => [digest, decision])).toEqual([[plan, undefined]]);
    expect((await listBudget(root)).isKnown).toBe(false);
    expect((await listBudget(root, { confirm: true })).isKnown).toBe(true);
    const [before, after] = [await site.ledgerText(), await readFile(join(root, 'ledger/ledger.jsonl'), 'utf8')];
    expect(after.startsWith(before)).toBe(true);
    expect(after.slice(before.length)).toContain('"event":"restored"');
    expect((await verifyLedger(join(root, 'ledger/ledger.jsonl')))?.intact).toBe(true);
  });

  it('is not written over another file, nor restored over a site, nor sealed with a short passphrase', async () => {
    const out = join(folder, 'one');
    await expect(backupSite(site.root, { out, passphrase })).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(restoreSite(site.root, { from: out, passphrase })).rejects.toMatchObject({ code: 'E375' });
    await expect(backupSite(site.root, { out: join(folder, 'short'), passphrase: 'short' })).rejects.toMatchObject({ code: 'E374' });
    expect(existsSync(join(folder, 'short'))).toBe(false);
  });

  it('opens under its passphrase only, whole and unaltered only, and is sealed under a key of its own each time', async () => {
    const content = { madeAt: '2026-01-01T00:00:00.000Z', site: 'A', files: [{ path: 'ledger/ledger.jsonl', bytes: Buffer.from('x') }] };
    const [one, two] = [await sealBackup(content, passphrase, 14), await sealBackup(content, passphrase, 14)];
    expect(one.subarray(20, 48).equals(two.subarray(20, 48))).toBe(false);
    expect(await openBackup(one, passphrase)).toMatchObject({ site: 'A', files: [{ path: 'ledger/ledger.jsonl' }] });
    await expect(openBackup(one, `${passphrase}.`)).rejects.toThrow('another one, or the backup is damaged');
    await expect(openBackup(one.subarray(0, one.length - 1), passphrase)).rejects.toMatchObject({ code: 'E374' });
    for (const at of [0, 19, 25, 40, one.length - 20]) {
      const altered = Buffer.from(one);
      altered[at]! ^= 1;
      await expect(openBackup(altered, passphrase), `byte ${at}`).rejects.toMatchObject({ code: 'E374' });
    }
    await expect(openBackup(await sealBackup({ ...content, files: [{ path: '../agent.json', bytes: Buffer.from('x') }] }, passphrase, 14), passphrase)).rejects.toThrow('damaged');
    expect(['../agent.json', '/etc/passwd', 'a/../../b', 'a//b', '', '..', 'a/.'].filter(isInside)).toEqual([]);
    expect(['agent.json', 'ledger/ledger.jsonl', 'outbox/slot-000001'].filter(isInside)).toHaveLength(3);
  });
});
