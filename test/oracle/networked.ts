import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCoordinator, type RunProgram } from '@consilium/coordinator';
import { testDatabase } from '@consilium/database/testing';
import { approvePlan, enrolSite, initSite, startAgent, type RunningAgent } from '@consilium/site-agent';

/**
 * Runs a program at a coordinator over its database, with the real agents of sites that hold these files: enrolled, admitted, each with its own
 * folder, key, outbox and ledger, over encrypted sockets. The answer is the text of the run's results.
 */
export async function runOverNetwork(files: ReadonlyMap<string, string>, program: RunProgram): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-oracle-'));
  const database = await testDatabase();
  const agents: RunningAgent[] = [];
  const coordinator = await createCoordinator(
    { dataFolder: join(folder, 'centre'), databaseUrl: database.url, port: 0, tls: 'none', logLevel: 'silent' },
    { program },
  );
  try {
    await coordinator.start();
    const { sites, studies, plans, desk, runs, artefacts } = coordinator.services;
    for (const [site, csv] of files) {
      const root = join(folder, site);
      await initSite(root, { settings: { tables: [{ name: 'patients', file: 'data/patients.csv', dictionary: null, id: null }], logLevel: 'silent' } });
      await writeFile(join(root, 'data/patients.csv'), csv);
      const { invite } = await sites.invite(site, 'tester');
      const { words } = await enrolSite(root, { invite: invite!, coordinatorUrl: coordinator.url });
      await sites.admit(site, words, 'tester');
      agents.push(await startAgent(root, { compute: 'inline', questions: 'any', limits: { firstDelayMilliseconds: 20 } }));
    }
    await studies.create({ name: 'oracle', title: 'Reference figures', sites: [...files.keys()] }, 'tester');
    const { plan } = await plans.upload(planText([...files.keys()]), 'tester');
    desk.offer(await plans.sign(plan.digest, 'tester'));
    for (const site of files.keys()) await eventually(() => approvePlan(join(folder, site), plan.digest));
    await eventually(async () => {
      if ((await plans.approvedBy(plan.digest)).size < files.size) throw new Error('Not all sites have approved.');
    });
    const { id } = await runs.launch(plan.digest, 'tester');
    for (;;) {
      const { state, reason, results } = await runs.find(id);
      if (state === 'closed') return (await artefacts.store.get(results!)).toString('utf8');
      if (state === 'failed' || state === 'paused' || state === 'cancelled') throw new Error(`The run is ${state}: ${reason ?? 'no reason'}`);
      await sleep(50);
    }
  } finally {
    for (const agent of agents) await agent.stop();
    await coordinator.stop();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }
}

const planText = (sites: readonly string[]): string => `
consilium: 1
title: The reference figures over the network
version: 1
study: oracle
sites: [${sites.join(', ')}]
seed: seed
disclosure: open-data
outcome: { column: y, type: binary }
models: [{ name: age-alone, inputs: [{ columns: [age] }] }]
evaluate: { leaveOneSiteOut: {} }
`;

/** A message may still be on its way. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (const end = performance.now() + 20_000; ; await sleep(50)) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
  }
}
