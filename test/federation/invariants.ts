import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalAgent, LocalFederation } from '@consilium/cli';
import { readLedger } from '@consilium/site-agent';

interface RecordedRound {
  readonly id: string;
  readonly attempt: number;
  readonly state: string;
  readonly sites: readonly string[];
  readonly generation: number;
}

/** What is wrong after a run, a sentence each; nothing when all holds. */
export async function findingsAfter(federation: LocalFederation, run: string, expected: string): Promise<string[]> {
  const findings: string[] = [];
  if ((await federation.results(run)) !== expected) findings.push('results.json differs from the simulation');
  const { rounds } = JSON.parse(await federation.centre.getText(`/api/runs/${run}/record`)) as { rounds: readonly RecordedRound[] };
  for (const { id, state, sites } of rounds) {
    if (state !== 'closed') findings.push(`round ${id} is ${state}`);
    if (new Set(sites).size !== sites.length) findings.push(`round ${id} counts a site twice`);
  }
  for (const agent of federation.agents.values()) findings.push(...(await ledgerFindings(agent, run, rounds)), ...(await outboxFindings(agent)));
  return findings;
}

const keyOf = (round: string, attempt: number): string => `${round} ${attempt}`;

/** The ledger is whole, and holds the site's contribution to each of its rounds, once, and to no other. */
async function ledgerFindings(agent: LocalAgent, run: string, rounds: readonly RecordedRound[]): Promise<string[]> {
  const findings: string[] = [];
  const verified = await agent.verifyLedger();
  if (!verified?.intact) findings.push(`the ledger of ${agent.site} breaks at record ${verified?.firstBreak?.sequence}`);
  const answered = new Map<string, number>();
  for await (const { entry } of readLedger(agent.folder.ledger)) {
    if (entry?.event !== 'contributions' || entry.run !== run) continue;
    for (const { round, attempt } of entry.parts) answered.set(keyOf(round, attempt), (answered.get(keyOf(round, attempt)) ?? 0) + 1);
  }
  const several = (what: string, keys: readonly string[]): void => {
    if (keys.length > 0) findings.push(`${agent.site} ${what}: ${keys.length} rounds, first ${keys[0]}`);
  };
  const asked = new Set(rounds.filter(({ sites }) => sites.includes(agent.site)).map(({ id, attempt }) => keyOf(id, attempt)));
  several('has no record of its answer', [...asked].filter((key) => !answered.has(key)));
  several('recorded its answer more than once', [...answered].filter(([, times]) => times > 1).map(([key]) => key));
  // Under masks, what an execution that ended had asked is asked anew: earlier attempts of a round of the record were answered and are void.
  const lastAttempt = new Map(rounds.map(({ id, attempt }) => [id, attempt]));
  const isEarlier = (key: string): boolean => Number(key.split(' ')[1]) < (lastAttempt.get(key.split(' ')[0]!) ?? 0);
  several("answered what the run's record does not know", [...answered.keys()].filter((key) => !asked.has(key) && !isEarlier(key)));
  return findings;
}

/** Every contribution is settled soon after the run: slots hold no bytes. */
async function outboxFindings(agent: LocalAgent): Promise<string[]> {
  const kept = async (): Promise<number> => {
    const slots = await readdir(agent.folder.outbox);
    const sizes = await Promise.all(slots.map((name) => stat(join(agent.folder.outbox, name)).then(({ size }) => size, () => 0)));
    return sizes.filter((size) => size > 0).length;
  };
  for (const end = performance.now() + 10_000; performance.now() < end; await sleep(50)) if ((await kept()) === 0) return [];
  return [`${agent.site} keeps ${await kept()} unsettled answers`];
}

/** Connections of a site during which contributions were found unsettled, since the `after`th record of its ledger. */
export async function unsettledReturns(agent: LocalAgent, after: number): Promise<{ returns: number; sentAgain: number; records: number }> {
  const found = { returns: 0, sentAgain: 0, records: 0 };
  for await (const { sequence, entry } of readLedger(agent.folder.ledger)) {
    found.records = sequence;
    if (sequence <= after) continue;
    if (entry?.event === 'connected' && entry.unsettled > 0) found.returns++;
    if (entry?.event === 'sent-again') found.sentAgain++;
  }
  return found;
}

/** Processes that still work in a folder, as `pid command`. Known on Linux only, where `/proc` tells; elsewhere none is seen. */
export async function processesIn(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const lines = await Promise.all(pids.map(async (pid) => `${pid} ${(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim()}`));
  return lines.filter((line) => line.includes(`${folder}/`));
}
