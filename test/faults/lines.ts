import { momentTotals, type Federation } from '@consilium/federation';
import { inProcessFederation } from '@consilium/federation/in-process';
import { SeededRandom } from '@consilium/numerics';
import { parseTable } from '@consilium/tables';
import { FaultyRelay, type Direction, type Passage } from '../federation/faulty-relay.js';
import { MaskedNetwork, maskedPlan, sites, tables } from '../federation/masked-network.js';

const view = { outcome: 'y', features: ['age'], rows: [] };
const ROUNDS = 4;

/** Sums one after another, so that a fault between two of them is in the middle of a run. */
const ask = async (federation: Federation): Promise<string> => {
  const found: unknown[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { sums, sites: over } = await federation.sum(momentTotals, { view, parameters: null });
    found.push([...sums.n, ...sums.totals], over);
  }
  return JSON.stringify(found);
};

/** What a run finds that nobody disturbs. */
export const undisturbedRun = (over: readonly string[] = sites, cells: ReadonlyMap<string, string> = tables): Promise<string> =>
  ask(inProcessFederation({ tables: new Map(over.map((site) => [site, parseTable(cells.get(site)!).table])), profile: 'open-data' }));

export interface DisturbedNetwork {
  readonly network: MaskedNetwork;
  /** The line of each site. */
  readonly lines: ReadonlyMap<string, FaultyRelay>;
  close(): Promise<void>;
}

/** A coordinator and four agents that reach it over lines with faults, and an approved plan of sums under masks. */
export async function disturbedNetwork(): Promise<DisturbedNetwork> {
  const lines = new Map<string, FaultyRelay>();
  const network = await MaskedNetwork.open(ask, async (site, url) => {
    const relay = await FaultyRelay.open(Number(new URL(url).port));
    lines.set(site, relay);
    return `http://127.0.0.1:${relay.port}`;
  });
  await network.approve(maskedPlan('deadline: 1 hour\nquorum: 3\n'));
  const close = async (): Promise<void> => {
    await network.close();
    for (const line of lines.values()) await line.close();
  };
  return { network, lines, close };
}

export const allConnected = ({ network }: DisturbedNetwork): boolean => [...network.coordinator.services.sessions.connected].sort().join() === sites.join();

export interface PacketFault {
  readonly name: string;
  readonly share: number;
  passage(bytes: Uint8Array): Passage;
}

/** In the last byte: a frame whose length is changed would be waited for until the next heartbeat. */
const altered = (bytes: Uint8Array, random: SeededRandom): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy[copy.length - 1]! ^= 1 << random.integerBelow(8);
  return copy;
};

/** What happens to packets, as it is seen above TCP. A lost one is sent again and holds up what follows. */
export const packetFaults = (random: SeededRandom, latest: number): readonly PacketFault[] => [
  { name: 'come late', share: 1, passage: () => ({ milliseconds: latest * (0.2 + 0.8 * random.uniform()) }) },
  { name: 'are lost, one in ten, and sent again by TCP', share: 0.1, passage: () => ({ milliseconds: 100 }) },
  { name: 'come twice', share: 0.04, passage: (bytes) => ({ pieces: [bytes, bytes] }) },
  { name: 'are altered', share: 0.04, passage: (bytes) => ({ pieces: [altered(bytes, random)] }) },
];

/** Every line has the fault from now on; the count of packets it struck. */
export function strikePackets(lines: Iterable<FaultyRelay>, { share, passage }: PacketFault, random: SeededRandom): { readonly struck: number } {
  const count = { struck: 0 };
  const pass = (bytes: Uint8Array, _: Direction): Passage => {
    if (random.uniform() >= share) return {};
    count.struck++;
    return passage(bytes);
  };
  for (const line of lines) line.pass = pass;
  return count;
}
