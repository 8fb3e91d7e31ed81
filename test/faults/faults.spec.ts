import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '@consilium/numerics';
import { prepareFederation, type Prepared } from '../federation/prepared.js';
import { shortPlan } from '../federation/wdbc.js';
import { dropTrials } from './drop-trials.js';
import { killTrials, victims } from './kill-trials.js';
import { canLackReaper, faultsWithoutReaper } from './without-reaper.js';

let prepared: Prepared;
beforeAll(async () => {
  prepared = await prepareFederation(shortPlan);
}, 180_000);
afterAll(() => prepared?.remove());

/** The short form of `npm run faults`. */
describe('a federation of processes', () => {
  // Where this account can make such a place, nobody reaps the processes that were killed: they stay as zombies, with their process ids taken.
  it('faults 21, 22: ends a run with the bytes of the simulation after SIGKILL of coordinator, agent, database, and both in either order, each contribution counted once', async () => {
    if (canLackReaper()) {
      const told = await faultsWithoutReaper(['--trials', String(victims.length), '--victims', victims.join(','), '--seed', 'suite', '--prepared', prepared.folder]);
      for (const victim of victims) expect(told).toMatch(new RegExp(`^kill .* ${victim.replace('+', '\\+')}[ A-D]+ at .* ok$`, 'm'));
      return;
    }
    const trials = await killTrials(prepared, { trials: victims.length, victims, random: SeededRandom.fromSeed('suite / kill'), trialsACopy: victims.length, onTrial: () => undefined });
    expect(trials.map(({ victim }) => victim).sort()).toEqual([...victims].sort());
    expect(trials.filter(({ findings }) => findings.length > 0)).toEqual([]);
  }, 600_000);

  it('fault 21: neither loses nor repeats a contribution when connections are cut between computed, received and settled', async () => {
    const { trials, unsettled } = await dropTrials(prepared, { drops: 50, random: SeededRandom.fromSeed('suite / drop'), onTrial: () => undefined });
    expect(trials.filter(({ findings }) => findings.length > 0)).toEqual([]);
    expect(unsettled).toBeGreaterThanOrEqual(50);
  }, 600_000);
});
