import { parseArgs } from 'node:util';
import { SeededRandom } from '@consilium/numerics';
import { processesIn } from '../federation/invariants.js';
import { openPrepared, prepareFederation } from '../federation/prepared.js';
import { shortPlan } from '../federation/wdbc.js';
import { dropTrials, type DropTrial } from './drop-trials.js';
import { killTrials, victims, type KillTrial, type Victim } from './kill-trials.js';
import { lineTrials } from './line-trials.js';
import { canLackReaper, faultsWithoutReaper } from './without-reaper.js';

const HELP = `npm run faults [-- --trials N] [--drops N] [--seed S] [--only kill|drop|line] [--victims LIST] [--prepared FOLDER]
  --trials   runs in which something is killed with SIGKILL (30)
  --drops    connections to cut between a contribution's computation and its settlement (1000)
  --minutes  for which lines flap in the line trials (10)
  --victims  of the kills, commas between (${victims.join(',')}); with it, nothing but the kills is tried
  --prepared a federation that another of these suites prepared; it is kept
  --seed     of what is killed and cut, and when (consilium)`;

const { values } = parseArgs({
  options: { trials: { type: 'string', default: '30' }, drops: { type: 'string', default: '1000' }, minutes: { type: 'string', default: '10' }, seed: { type: 'string', default: 'consilium' }, only: { type: 'string' }, victims: { type: 'string' }, prepared: { type: 'string' }, help: { type: 'boolean' } },
});

const trials = Number(values.trials);
const drops = Number(values.drops);
const minutes = Number(values.minutes);
const among = (values.victims?.split(',') ?? victims) as readonly Victim[];
if (among.some((victim) => !victims.includes(victim)) || values.help || ![trials, drops].every((count) => Number.isSafeInteger(count) && count > 0) || !(minutes > 0) || ![undefined, 'kill', 'drop', 'line'].includes(values.only)) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}

const verdict = (findings: readonly string[]): string => (findings.length === 0 ? 'ok' : `WRONG: ${findings.join('; ')}`);

function tellKill({ number, victim, site, milliseconds, roundsClosed, secondsToFinish, findings }: KillTrial): void {
  console.log(`kill ${String(number + 1).padStart(3)}  ${`${victim}${site === undefined ? '' : ` ${site}`}`.padEnd(21)} at ${Math.round(milliseconds).toString().padStart(6)} ms, ${String(roundsClosed).padStart(4)} rounds closed, ended after ${secondsToFinish.toFixed(1).padStart(5)} s  ${verdict(findings)}`);
}

function tellDrop({ run, cuts, unsettled, sentAgain, seconds, findings }: DropTrial): void {
  console.log(`drop run ${String(run).padStart(3)}  ${String(cuts).padStart(5)} connections cut, ${String(unsettled).padStart(5)} with unsettled contributions, ${String(sentAgain).padStart(5)} sent again, ${seconds.toFixed(1).padStart(5)} s  ${verdict(findings)}`);
}

if (values.only === 'line') process.exit((await underBadLines()) === 0 ? 0 : 1);
if (values.prepared === undefined) console.log(`Seed ${values.seed}. A federation of a coordinator and four agents is prepared.`);
const prepared = await (values.prepared === undefined ? prepareFederation(shortPlan) : openPrepared(values.prepared));
console.log(`The undisturbed run: ${prepared.rounds} rounds, ${(prepared.milliseconds / 1000).toFixed(1)} s, equal to the simulation byte for byte.`);
let wrong = 0;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void abandon());
try {
  if (values.only !== 'drop' || values.victims !== undefined) {
    const done = await killTrials(prepared, { trials, victims: among, random: SeededRandom.fromSeed(`${values.seed} / kill`), trialsACopy: 6, onTrial: tellKill });
    wrong += done.filter(({ findings }) => findings.length > 0).length;
    console.log(`${done.length} kills, ${done.filter(({ findings }) => findings.length === 0).length} runs ended as if nothing had happened.`);
  }
  if (values.only !== 'kill' && values.victims === undefined) {
    const { trials: runs, made, unsettled } = await dropTrials(prepared, { drops, random: SeededRandom.fromSeed(`${values.seed} / drop`), onTrial: tellDrop });
    wrong += runs.filter(({ findings }) => findings.length > 0).length;
    console.log(`${[...made].map(([cut, count]) => `${cut} ${count}`).join(', ')}. ${unsettled} cuts between computed and settled; nothing was lost or repeated in ${runs.filter(({ findings }) => findings.length === 0).length} of ${runs.length} runs.`);
  }
  if (values.only !== 'drop' && values.victims === undefined) wrong += await whereNobodyReaps();
  if (values.only === undefined && values.victims === undefined) wrong += await underBadLines();
} finally {
  if (values.prepared === undefined && wrong === 0) await prepared.remove();
  else if (wrong > 0) console.log(`What is left is in ${prepared.folder}.`);
}
process.exit(wrong === 0 ? 0 : 1);

/** Trials that went wrong. */
async function underBadLines(): Promise<number> {
  const done = await lineTrials({ minutes, random: SeededRandom.fromSeed(`${values.seed} / line`), onTrial: ({ fault, runs, seconds, findings }) => console.log(`line  ${fault.padEnd(52)} ${String(runs).padStart(4)} runs, ${seconds.toFixed(1).padStart(6)} s  ${verdict(findings)}`) });
  return done.filter(({ findings }) => findings.length > 0).length;
}

/** The federation's programs have sessions of their own, so that a signal to this one does not reach them. */
async function abandon(): Promise<void> {
  for (const line of await processesIn(prepared.folder)) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  if (values.prepared === undefined) await prepared.remove();
  process.exit(130);
}

/** Killed servers stay as zombies there, with their process ids taken. */
async function whereNobodyReaps(): Promise<number> {
  if (!canLackReaper()) {
    console.log('Not tried: kills where process 1 reaps no children. This account cannot make process namespaces (unshare).');
    return 0;
  }
  console.log('The same where process 1 reaps no children:');
  const told = await faultsWithoutReaper(['--trials', '2', '--victims', 'coordinator+database,database+coordinator', '--seed', values.seed, '--prepared', prepared.folder]).catch((error: { stdout?: string; stderr?: string }) => {
    console.log(`${error.stdout ?? ''}${error.stderr ?? String(error)}`);
    return undefined;
  });
  for (const line of told?.split('\n').filter((text) => text.startsWith('kill ')) ?? []) console.log(line);
  return told === undefined ? 1 : 0;
}
