import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalFederation } from '@consilium/cli';
import type { SeededRandom } from '@consilium/numerics';
import { findingsAfter, processesIn } from '../federation/invariants.js';
import type { Prepared } from '../federation/prepared.js';

/** What is killed with SIGKILL; a supervisor starts coordinator and agent again, the database is the coordinator's own business. */
export const victims = ['coordinator', 'agent', 'database', 'coordinator+database', 'database+coordinator'] as const;
export type Victim = (typeof victims)[number];

export interface KillTrial {
  readonly number: number;
  readonly victim: Victim;
  /** The site whose agent was killed. */
  readonly site?: string;
  /** When, after the launch. */
  readonly milliseconds: number;
  readonly roundsClosed: number;
  /** From the kill to the end of the run. */
  readonly secondsToFinish: number;
  readonly findings: readonly string[];
}

export interface KillOptions {
  readonly trials: number;
  /** Whose turn it is; every one has its turn before one has a second. */
  readonly victims: readonly Victim[];
  readonly random: SeededRandom;
  /** A new copy of the prepared federation after this many trials. */
  readonly trialsACopy: number;
  readonly onTrial: (trial: KillTrial) => void;
}

const LAST_SHARE = 0.9;
const MOST_DOWN_MILLISECONDS = 500;
const BETWEEN_MILLISECONDS = 100;
const MOST_MILLISECONDS = 300_000;

/** Kills in runs at random moments. */
export async function killTrials(prepared: Prepared, { trials, victims: among, random, trialsACopy, onTrial }: KillOptions): Promise<KillTrial[]> {
  const done: KillTrial[] = [];
  const order = turns(trials, among, random);
  let sites: string[] = [];
  for (let from = 0; from < trials; from += trialsACopy) {
    const federation = await prepared.copy(`kills-${process.pid}-${from}`);
    if (sites.length === 0) sites = turns(trials, [...federation.agents.keys()], random);
    const last = Math.min(trials, from + trialsACopy) - 1;
    const tell = (trial: KillTrial): void => {
      done.push(trial);
      onTrial(trial);
    };
    let trial!: KillTrial;
    try {
      for (let number = from; number <= last; number++) {
        const victim = order[number]!;
        trial = await killTrial(prepared, federation, { number, victim, site: victim === 'agent' ? sites.pop()! : '', random });
        if (number < last) tell(trial);
      }
    } finally {
      await federation.stop();
    }
    // Whether everything stops is part of the last trial's verdict.
    tell({ ...trial, findings: [...trial.findings, ...(await processesIn(federation.folder)).map((line) => `a process is left: ${line}`)] });
    if (done.every(({ findings }) => findings.length === 0)) await rm(federation.folder, { recursive: true, force: true });
  }
  return done;
}

function turns<T>(trials: number, among: readonly T[], random: SeededRandom): T[] {
  const order: T[] = [];
  while (order.length < trials) order.push(...shuffled(among, random));
  return order.slice(0, trials);
}

function shuffled<T>(items: readonly T[], random: SeededRandom): T[] {
  const left = [...items];
  return items.map(() => left.splice(random.integerBelow(left.length), 1)[0]!);
}

interface TrialSetting {
  readonly number: number;
  readonly victim: Victim;
  /** Whose agent, where an agent is killed. */
  readonly site: string;
  readonly random: SeededRandom;
}

async function killTrial(prepared: Prepared, federation: LocalFederation, { number, victim, site, random }: TrialSetting): Promise<KillTrial> {
  let milliseconds = random.uniform() * LAST_SHARE * prepared.milliseconds;
  const down = random.uniform() * MOST_DOWN_MILLISECONDS;
  const between = random.uniform() * BETWEEN_MILLISECONDS;
  for (;;) {
    const run = await federation.launch(prepared.plan);
    await sleep(milliseconds);
    const { state, rounds } = await federation.run(run);
    if (state === 'open') {
      await strike(federation, { victim, site, down, between });
      const killed = performance.now();
      const findings = await federation.untilEnded(run, { milliseconds: MOST_MILLISECONDS }).then(() => findingsAfter(federation, run, prepared.expected), (error: unknown) => [String(error)]);
      const secondsToFinish = (performance.now() - killed) / 1000;
      return { number, victim, ...(victim === 'agent' ? { site } : {}), milliseconds, roundsClosed: rounds.closed, secondsToFinish, findings };
    }
    // The run was quicker than the undisturbed one: an earlier moment of another.
    await federation.untilEnded(run);
    milliseconds *= 0.8;
  }
}

async function strike(federation: LocalFederation, { victim, site, down, between }: { readonly victim: Victim; readonly site: string; readonly down: number; readonly between: number }): Promise<void> {
  const { coordinator } = federation;
  if (victim === 'agent') {
    const agent = federation.agents.get(site)!;
    await agent.kill();
    await sleep(down);
    return agent.start();
  }
  const database = await coordinator.databasePid();
  if (database === undefined) throw new Error('The database has no process.');
  const [first, second] = victim.startsWith('database') ? [() => killProcess(database), () => coordinator.kill()] : [() => coordinator.kill(), () => killProcess(database)];
  await first();
  if (victim === 'coordinator' || victim === 'database') await sleep(victim === 'coordinator' ? down : 0);
  else {
    await sleep(between);
    await second();
    await sleep(down);
  }
  if (victim !== 'database') await coordinator.start();
}

async function killProcess(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // Its coordinator may have started another one meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
