import { setTimeout as sleep } from 'node:timers/promises';
import { stopTestServer } from '@consilium/database/testing';
import type { SeededRandom } from '@consilium/numerics';
import { sites } from '../federation/masked-network.js';
import { allConnected, disturbedNetwork, packetFaults, strikePackets, undisturbedRun, type DisturbedNetwork } from './lines.js';

export interface LineTrial {
  readonly fault: string;
  /** Runs that were under way while the fault lasted. */
  readonly runs: number;
  readonly seconds: number;
  readonly findings: readonly string[];
}

export interface LineOptions {
  /** How long lines flap. */
  readonly minutes: number;
  readonly random: SeededRandom;
  readonly onTrial: (trial: LineTrial) => void;
}

const FLAP_MILLISECONDS = 2_000;
const PARTITION_MILLISECONDS = 30_000;
const LATEST_MILLISECONDS = 2_000;
const RUN_MILLISECONDS = 600_000;
const RUNS_A_PACKET_FAULT = 5;

/** Partitions of half a minute, lines that flap every two seconds, and packets that are late by up to two seconds, lost, repeated and altered: runs go on under all of it. */
export async function lineTrials({ minutes, random, onTrial }: LineOptions): Promise<LineTrial[]> {
  const disturbed = await disturbedNetwork();
  const done: LineTrial[] = [];
  const trial = async (fault: string, strike: () => Promise<number>): Promise<void> => {
    const began = performance.now();
    const findings: string[] = [];
    const runs = await strike().catch((error: unknown) => {
      findings.push(String(error));
      return 0;
    });
    heal(disturbed);
    findings.push(...(await everybodyBack(disturbed)));
    const one = { fault, runs, seconds: (performance.now() - began) / 1000, findings };
    done.push(one);
    onTrial(one);
  };
  try {
    for (const [name, away] of [['one site', ['A']], ['most sites', ['B', 'C', 'D']], ['the coordinator', [...sites]]] as const) {
      await trial(`${name} cut off for ${PARTITION_MILLISECONDS / 1000} s`, () => duringRun(disturbed, () => away.forEach((site) => disturbed.lines.get(site)!.cut())));
    }
    await trial(`one direction held for ${PARTITION_MILLISECONDS / 1000} s`, () => duringRun(disturbed, () => {
      disturbed.lines.get('A')!.hold('to-centre');
      disturbed.lines.get('B')!.hold('to-agent');
    }));
    await trial(`all lines cut and mended every ${FLAP_MILLISECONDS / 1000} s for ${minutes} min`, () => flapping(disturbed, minutes));
    for (const fault of packetFaults(random, LATEST_MILLISECONDS)) {
      await trial(`packets ${fault.name}`, async () => {
        strikePackets(disturbed.lines.values(), fault, random);
        for (let run = 0; run < RUNS_A_PACKET_FAULT; run++) await endsUndisturbed(disturbed, await disturbed.network.launch());
        return RUNS_A_PACKET_FAULT;
      });
    }
  } finally {
    await disturbed.close();
    await stopTestServer();
  }
  return done;
}

/** A run that is struck in its middle, mended after half a minute, and ends. */
async function duringRun(disturbed: DisturbedNetwork, strike: () => void): Promise<number> {
  let seen = 0;
  disturbed.network.onMessage = ({ head }) => {
    if (head.type === 'answers' && ++seen === 6) strike();
    return Promise.resolve(true);
  };
  const run = await disturbed.network.launch();
  await sleep(PARTITION_MILLISECONDS);
  if (seen < 6) throw new Error('The fault did not come to pass.');
  heal(disturbed);
  await endsUndisturbed(disturbed, run);
  return 1;
}

async function flapping(disturbed: DisturbedNetwork, minutes: number): Promise<number> {
  const until = performance.now() + minutes * 60_000;
  const flaps = (async () => {
    for (let cut = true; performance.now() < until; cut = !cut) {
      for (const line of disturbed.lines.values()) if (cut) line.cut(); else line.mend();
      await sleep(FLAP_MILLISECONDS);
    }
    heal(disturbed);
  })();
  let runs = 0;
  while (performance.now() < until) {
    await endsUndisturbed(disturbed, await disturbed.network.launch());
    runs++;
  }
  await flaps;
  return runs;
}

async function endsUndisturbed({ network }: DisturbedNetwork, run: string): Promise<void> {
  const { state, text, reason } = await network.ended(run, RUN_MILLISECONDS);
  if (state !== 'closed') throw new Error(`The run is ${state}: ${reason}`);
  if (text !== (await undisturbedRun())) throw new Error('The results are not those of an undisturbed run.');
}

function heal({ lines }: DisturbedNetwork): void {
  for (const line of lines.values()) {
    line.pass = () => ({});
    line.mend();
  }
}

async function everybodyBack(disturbed: DisturbedNetwork): Promise<string[]> {
  for (let waited = 0; waited < 60_000; waited += 100) {
    if (allConnected(disturbed)) return [];
    await sleep(100);
  }
  return ['a site did not come back'];
}
