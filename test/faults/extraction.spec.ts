import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { testCluster } from '@consilium/database/testing';
import { LocalFederation, temporaryFederationFolder } from '@consilium/cli';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATIENTS_A_SITE, imageStudy } from '../federation/image-study.js';

let folder: string;
let federation: LocalFederation;
let plan: string;
beforeAll(async () => {
  folder = await temporaryFederationFolder();
  await testCluster(join(folder, 'centre/database'));
  const study = await imageStudy(folder);
  federation = await LocalFederation.prepare({ folder, study: 'images', sites: study.sites });
  plan = await federation.approvePlan(study.planText);
}, 180_000);
afterAll(async () => {
  await federation?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Each measured case of a site with what a second writing would change. */
async function measured(site: string): Promise<Map<string, string>> {
  const store = join(federation.agents.get(site)!.root, 'extraction');
  const names = (await readdir(store).catch(() => [])).filter((name) => name.endsWith('.json'));
  return new Map(await Promise.all(names.map(async (name) => [name, await identity(join(store, name))] as const)));
}

async function identity(path: string): Promise<string> {
  const { ino, mtimeNs } = await stat(path, { bigint: true });
  return `${ino} ${mtimeNs}`;
}

describe('fault 21: an agent killed in the middle of extraction', () => {
  it('goes on where it was: no case is measured twice, and the run ends as one that nobody disturbed', async () => {
    const run = await federation.launch(plan);
    const agent = federation.agents.get('West')!;
    while ((await measured('West')).size < 3) await sleep(20);
    await agent.kill();
    const before = await measured('West');
    expect(before.size).toBeGreaterThanOrEqual(3);
    expect(before.size).toBeLessThan(PATIENTS_A_SITE);
    await agent.start();
    await federation.untilEnded(run);
    const after = await measured('West');
    expect(after.size).toBe(PATIENTS_A_SITE);
    for (const [name, whole] of before) expect(after.get(name)).toBe(whole);
    const undisturbed = await federation.launch(plan);
    await federation.untilEnded(undisturbed);
    expect(await federation.results(run)).toBe(await federation.results(undisturbed));
    expect(await measured('West')).toEqual(after);
  }, 240_000);
});
