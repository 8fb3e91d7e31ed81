import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '@consilium/numerics';
import { verifyLedger, withdrawPatient } from '@consilium/site-agent';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FaultyRelay } from '../federation/faulty-relay.js';
import { eventually, sites, tables, type MaskedNetwork } from '../federation/masked-network.js';
import { allConnected, disturbedNetwork, packetFaults, strikePackets, undisturbedRun, type DisturbedNetwork } from './lines.js';

let disturbed: DisturbedNetwork;
let network: MaskedNetwork;
let undisturbed: string;
let lines: ReadonlyMap<string, FaultyRelay>;

beforeAll(async () => {
  disturbed = await disturbedNetwork();
  ({ network, lines } = disturbed);
  undisturbed = await undisturbedRun();
}, 120_000);
afterAll(() => disturbed.close());
afterEach(async () => {
  vi.restoreAllMocks();
  network.onMessage = () => Promise.resolve(true);
  for (const line of lines.values()) {
    line.pass = () => ({});
    line.mend();
  }
  await allAreBack();
});

const watchLog = () => vi.spyOn(network.coordinator.services.gateway['parts'].logger, 'warn');
const allAreBack = () => eventually(async () => expect(allConnected(disturbed)).toBe(true));
const linesOf = (some: readonly string[]): FaultyRelay[] => some.map((site) => lines.get(site)!);

/** A run, with something done once the given answer of it has come. */
async function runWith(strike: () => void, answer = 6): Promise<string> {
  let seen = 0;
  network.onMessage = ({ head }) => {
    if (head.type === 'answers' && ++seen === answer) strike();
    return Promise.resolve(true);
  };
  const run = await network.launch();
  await eventually(async () => expect(seen).toBeGreaterThanOrEqual(answer));
  return run;
}

async function endsUndisturbed(run: string): Promise<void> {
  expect(await network.ended(run)).toMatchObject({ state: 'closed', text: undisturbed });
  await allAreBack();
}

describe('fault 23: a line that is cut', () => {
  it.each([
    ['one site', ['A']],
    ['most sites', ['B', 'C', 'D']],
    ['the coordinator', [...sites]],
  ])('to %s for a while: the run waits, and has the bytes of an undisturbed one', async (_, away) => {
    const run = await runWith(() => linesOf(away).forEach((line) => line.cut()));
    await sleep(150);
    expect((await network.coordinator.services.runs.find(run)).state).toBe('open');
    for (const line of linesOf(away)) line.mend();
    await endsUndisturbed(run);
  });

  it('in one direction only, either of them', async () => {
    const run = await runWith(() => {
      lines.get('A')!.hold('to-centre');
      lines.get('B')!.hold('to-agent');
    });
    await sleep(150);
    for (const line of linesOf(['A', 'B'])) line.mend();
    await endsUndisturbed(run);
  });

  it('and mended again and again', async () => {
    const before = linesOf(sites).reduce((sum, { connections }) => sum + connections, 0);
    const run = await runWith(() => undefined, 1);
    for (let times = 0; times < 8; times++) {
      for (const line of linesOf(sites)) line.cut();
      await sleep(40);
      for (const line of linesOf(sites)) line.mend();
      await sleep(60);
    }
    await endsUndisturbed(run);
    expect(linesOf(sites).reduce((sum, { connections }) => sum + connections, 0) - before).toBeGreaterThan(8);
  });

  it('to more sites than the quorum lets go, beyond the deadline: the run pauses and names them, and goes on when they are back and people resume it', async () => {
    // With the last answer of a round: a round that one of the two had answered would go on without the other.
    const run = await runWith(() => linesOf(['C', 'D']).forEach((line) => line.cut()), 2 * sites.length);
    await eventually(async () => expect(network.coordinator.services.progress.of(run).missing).toEqual(['C', 'D']));
    network.later += 2 * 3_600_000;
    expect(await network.ended(run)).toMatchObject({ state: 'paused', reason: expect.stringMatching(/^C, D did not answer before the deadline/) as string });
    await expect(network.coordinator.services.runs.resume(run, ['C', 'D'], 'tester')).rejects.toMatchObject({ code: 'E203' });
    for (const line of linesOf(['C', 'D'])) line.mend();
    await allAreBack();
    await network.coordinator.services.runs.resume(run, [], 'tester');
    await endsUndisturbed(run);
  });
});

describe('fault 24: a line on which packets', () => {
  const random = SeededRandom.fromSeed('packets');

  it.each(packetFaults(random, 40))('$name: the results have the bytes of an undisturbed run', async (fault) => {
    const count = strikePackets(lines.values(), fault, random);
    const runs: string[] = [];
    // Rare faults need more than one run to happen.
    while (runs.length < 1 || (count.struck < 5 && runs.length < 10)) {
      const run = await network.launch();
      expect(await network.ended(run)).toMatchObject({ state: 'closed', text: undisturbed });
      runs.push(run);
    }
    expect(count.struck).toBeGreaterThanOrEqual(5);
  }, 60_000);
});

describe('fault 4: one bit of a live connection, flipped', () => {
  it('ends it, with one line in the log; the agent comes back by itself, and the sum is right', async () => {
    const warn = watchLog();
    const line = lines.get('B')!;
    const run = await runWith(() => {
      line.pass = (bytes, direction) => {
        if (direction === 'to-agent' || bytes.length < 100) return {};
        line.pass = () => ({});
        const copy = Uint8Array.from(bytes);
        copy[copy.length - 1]! ^= 4;
        return { pieces: [copy] };
      };
    }, 2);
    await endsUndisturbed(run);
    expect(warn.mock.calls).toEqual([[{ site: 'B', code: 'E122' }, expect.any(String)]]);
  });
});

describe('fault 19: strangers by the hundred', () => {
  it('who open connections, say nothing or nonsense, and stay, do not disturb the sites that are in', async () => {
    const port = Number(new URL(network.coordinator.url).port);
    const strangers: Socket[] = [];
    for (let i = 0; i < 300; i++) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined).resume();
      if (i % 3 === 1) socket.write('GET /agents/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n');
      if (i % 3 === 2) socket.write(Buffer.alloc(64, 0x16));
      strangers.push(socket);
    }
    await sleep(100);
    const links = sites.map((site) => network.coordinator.services.sessions.linkOf(site));
    await endsUndisturbed(await network.launch());
    expect(sites.map((site) => network.coordinator.services.sessions.linkOf(site))).toEqual(links);
    expect(links.every((link) => link?.closed === false)).toBe(true);
    for (const socket of strangers) socket.destroy();
  });
});

describe('fault 26: a clock of the centre that jumps back by a day', () => {
  it('does not disturb a run, nor the order of audit and ledger', async () => {
    const { later } = network;
    const run = await runWith(() => void (network.later -= 86_400_000), 3);
    await endsUndisturbed(run);
    await network.coordinator.services.runs.launch(network.plan, 'tester').then(({ id }) => endsUndisturbed(id));
    network.later = later;
    expect(await network.coordinator.services.audit.verify()).toMatchObject({ intact: true });
    const entries = (await network.coordinator.services.audit.list({ limit: 500 })).reverse();
    expect(entries.some(({ at }, i) => i > 0 && at < entries[i - 1]!.at)).toBe(true);
    expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, i) => entries[0]!.sequence + i));
    for (const site of sites) expect(await verifyLedger(join(network.root(site), 'ledger/ledger.jsonl'))).toMatchObject({ intact: true });
  });
});

describe('fault 46: a patient who withdraws consent', () => {
  it('is in no sum from that moment on, and the centre knows by count only which models rest on such patients', async () => {
    const before = await network.launch();
    await endsUndisturbed(before);
    const without = (await readFile(join(network.root('C'), 'data/patients.csv'), 'utf8')).split('\n').filter((line) => !line.startsWith('C7,')).join('\n');
    expect((await withdrawPatient(network.root('C'), 'C7')).map(({ lineage }) => lineage.run)).toContain(before);
    const { runs, withdrawals } = network.coordinator.services;
    await eventually(async () => expect(await withdrawals.of(before)).toMatchObject([{ site: 'C', atLeast: 1, below: 2 }]));
    expect(await withdrawals.lineage(await runs.find(before))).toMatchObject({ models: ['age-alone'], sites: [...sites] });
    const run = await network.launch();
    expect(await network.ended(run)).toMatchObject({ state: 'closed', text: await undisturbedRun(sites, new Map([...tables, ['C', without]])) });
    expect(await withdrawals.of(run)).toEqual([]);
  });
});
