import type { SeededRandom } from '@consilium/numerics';
import { CuttingRelay, cuts, type Cut } from '../federation/cutting-relay.js';
import { findingsAfter, processesIn, unsettledReturns } from '../federation/invariants.js';
import type { Prepared } from '../federation/prepared.js';

export interface DropTrial {
  readonly run: number;
  /** Connections cut so far, and those of them after which an agent came back with contributions that were not settled. */
  readonly cuts: number;
  readonly unsettled: number;
  /** Answers sent once more. */
  readonly sentAgain: number;
  readonly seconds: number;
  readonly findings: readonly string[];
}

export interface DropResult {
  readonly trials: readonly DropTrial[];
  readonly made: ReadonlyMap<Cut, number>;
  readonly unsettled: number;
}

export interface DropOptions {
  /** Cuts between computed and settled to reach. */
  readonly drops: number;
  readonly random: SeededRandom;
  readonly onTrial: (trial: DropTrial) => void;
}

const SHARE_CUT = 0.4;

/** Runs through a relay that cuts connections until agents have come back often enough with contributions that were not settled. */
export async function dropTrials(prepared: Prepared, { drops, random, onTrial }: DropOptions): Promise<DropResult> {
  const federation = await prepared.copy('drops');
  const relay = await CuttingRelay.open(federation.coordinator.port, () => (random.uniform() < SHARE_CUT ? cuts[random.integerBelow(cuts.length)] : undefined));
  const trials: DropTrial[] = [];
  const agents = [...federation.agents.values()];
  try {
    const before = new Map<string, number>();
    for (const agent of agents) {
      await agent.stop();
      before.set(agent.site, (await unsettledReturns(agent, 0)).records);
      await agent.redirect(relay.url);
    }
    await federation.startAgents();
    for (let run = 1; (trials.at(-1)?.unsettled ?? 0) < drops; run++) {
      const started = performance.now();
      const id = await federation.launch(prepared.plan);
      const findings = await federation.untilEnded(id, { milliseconds: 600_000 }).then(() => findingsAfter(federation, id, prepared.expected), (error: unknown) => [String(error)]);
      const returns = await Promise.all(agents.map((agent) => unsettledReturns(agent, before.get(agent.site)!)));
      const sum = (pick: (one: (typeof returns)[number]) => number): number => returns.reduce((total, one) => total + pick(one), 0);
      const trial = { run, cuts: relay.total, unsettled: sum(({ returns: count }) => count), sentAgain: sum(({ sentAgain }) => sentAgain), seconds: (performance.now() - started) / 1000, findings };
      trials.push(trial);
      onTrial(trial);
      if (findings.length > 0) break;
    }
  } finally {
    await relay.close();
    await federation.stop();
  }
  const left = await processesIn(federation.folder);
  if (left.length > 0) trials.push({ ...trials.at(-1)!, findings: left.map((line) => `a process is left: ${line}`) });
  return { trials, made: relay.made, unsettled: trials.at(-1)?.unsettled ?? 0 };
}
