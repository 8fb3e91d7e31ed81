import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testCluster } from '@consilium/database/testing';
import { LocalFederation, temporaryFederationFolder } from '@consilium/cli';
import { planText, simulated, wdbcSites } from './wdbc.js';

/** A federation that was made once, with an approved plan and one undisturbed run of it, stopped and ready to be copied. */
export interface Prepared {
  readonly folder: string;
  readonly plan: string;
  /** results.json of the in-process simulation of the plan. */
  readonly expected: string;
  /** How long the undisturbed run took. */
  readonly milliseconds: number;
  readonly rounds: number;
  /** Another federation, on copies, started. `name` is that of its folder. */
  copy(name: string): Promise<LocalFederation>;
  remove(): Promise<void>;
}

export async function prepareFederation(planFile: string, onStep: (sentence: string) => void = () => undefined): Promise<Prepared> {
  const folder = await temporaryFederationFolder();
  await testCluster(join(folder, 'prepared/centre/database'));
  const federation = await LocalFederation.prepare({ folder: join(folder, 'prepared'), study: 'wdbc', sites: await wdbcSites(), onStep });
  try {
    const plan = await federation.approvePlan(await planText(planFile));
    const expected = await simulated(planFile);
    const started = performance.now();
    const run = await federation.launch(plan);
    const { rounds } = await federation.untilEnded(run);
    const milliseconds = performance.now() - started;
    if ((await federation.results(run)) !== expected) throw new Error('The undisturbed run does not equal the simulation.');
    await federation.stop();
    await writeFile(join(folder, 'prepared.json'), JSON.stringify({ plan, expected, milliseconds, rounds: rounds.closed }));
    return await openPrepared(folder);
  } catch (error) {
    await federation.stop();
    throw new Error(`The federation could not be prepared. What there is of it is kept in ${folder}.`, { cause: error });
  }
}

/** What `prepareFederation` left in a folder, also for another process. */
export async function openPrepared(folder: string): Promise<Prepared> {
  const known = JSON.parse(await readFile(join(folder, 'prepared.json'), 'utf8')) as Pick<Prepared, 'plan' | 'expected' | 'milliseconds' | 'rounds'>;
  const federation = await LocalFederation.open(join(folder, 'prepared'));
  const copy = async (name: string): Promise<LocalFederation> => {
    const copied = await federation.copyTo(join(folder, name));
    await copied.start();
    return copied;
  };
  return { ...known, folder, copy, remove: () => rm(folder, { recursive: true, force: true }) };
}
