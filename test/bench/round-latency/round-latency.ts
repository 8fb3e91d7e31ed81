import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LocalFederation, temporaryFederationFolder, type LocalSite } from '@consilium/cli';
import { LARGE_PAGES } from '@consilium/operations';
import { median, quantile, type Bench, type Figure } from '../bench.js';
import type { CoordinatorReport, LatencyCase } from './messages.js';
import { peakMemory, processorMilliseconds } from './processors.js';

const cases: readonly LatencyCase[] = [
  { numbers: 1_000, rounds: 500, warmUp: 250 },
  { numbers: 1_000_000, rounds: 25, warmUp: 5 },
];

const TARGETS: Readonly<Record<number, { milliseconds: number; peers: string }>> = {
  1_000: { milliseconds: 15, peers: 'Flower 1.6 10.4 ms; Flower 1.23 6.1 s; NVFlare 2.4 2.0 s' },
  1_000_000: { milliseconds: 400, peers: 'Flower 1.6 279 ms; Flower 1.23 9.2 s; NVFlare 2.4 2.0 s' },
};
const PEAK_TARGET = 400;
const RUN_MILLISECONDS = 300_000;

const names = ['north', 'east', 'south', 'west'];

const site = (name: string): LocalSite => ({
  name,
  id: 'id',
  table: ['id,x,y', ...Array.from({ length: 40 }, (_, i) => `${name}-${i},${(i * 0.37).toFixed(2)},${i % 2}`), ''].join('\n'),
});

const PLAN = `consilium: 1
title: Link test
version: 1
study: bench
sites: [${names.join(', ')}]
disclosure: standard
secureAggregation: off
seed: bench
outcome: { column: y, type: binary }
models: [{ name: unused, inputs: [{ columns: [x] }] }]
`;

interface Measured {
  readonly report: Extract<CoordinatorReport, { said: 'measured' }>;
  readonly agents: number;
  readonly database: number;
}

export const roundLatencyBench: Bench = {
  name: 'round-latency',
  title: 'Rounds between processes: four agents, TLS, sealed channel, PostgreSQL, every record on the disk',
  async run(note) {
    const folder = await temporaryFederationFolder();
    let federation: LocalFederation | undefined;
    try {
      federation = await LocalFederation.prepare({ folder, study: 'bench', sites: names.map(site) });
      const plan = await federation.approvePlan(PLAN);
      note('Four sites are enrolled and have approved the plan. The coordinator is started again to carry link tests.');
      await federation.coordinator.stop();
      return await measureIn(federation, plan, note);
    } finally {
      await federation?.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function measureIn(federation: LocalFederation, plan: string, note: (sentence: string) => void): Promise<Figure[]> {
  const { coordinator, agents } = federation;
  const log = openSync(coordinator.logFile, 'a');
  const script = fileURLToPath(new URL('./coordinator.js', import.meta.url));
  const child = fork(script, [join(coordinator.dataFolder, 'coordinator.json'), JSON.stringify(cases)], { stdio: ['ignore', log, log, 'ipc'], env: { ...LARGE_PAGES, ...process.env } });
  closeSync(log);
  try {
    await reported(child, 'up');
    await federation.untilConnected();
    const pids = { agents: [...agents.values()].map(({ pid }) => pid!), database: [(await coordinator.databasePid())!] };
    const measuring = follow(child, pids);
    const run = await federation.launch(plan);
    const measured = await measuring;
    await federation.untilEnded(run);
    const figures = measured.flatMap((one) => figuresOf(one, note));
    const peak = measured.at(-1)!.report.peakMebibytes;
    return [
      ...figures,
      { name: 'coordinator, most memory', value: peak, unit: 'MiB', target: PEAK_TARGET, peers: 'Flower 1.6 600 MiB; NVFlare 2.4 512 MiB' },
      { name: 'an agent, most memory', value: Math.max(...pids.agents.map(peakMemory)), unit: 'MiB' },
    ];
  } finally {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }
}

/** Resolves when every case is measured. */
function follow(child: ChildProcess, pids: { readonly agents: readonly number[]; readonly database: readonly number[] }): Promise<Measured[]> {
  const spent = () => ({ agents: processorMilliseconds(pids.agents), database: processorMilliseconds(pids.database, { children: true }) });
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`The rounds took more than ${RUN_MILLISECONDS / 1000} s.`)), RUN_MILLISECONDS);
    const measured: Measured[] = [];
    let before = spent();
    child.on('message', (report: CoordinatorReport) => {
      if (report.said === 'begins') before = spent();
      if (report.said !== 'measured') return;
      const after = spent();
      measured.push({ report, agents: (after.agents - before.agents) / report.of.rounds, database: (after.database - before.database) / report.of.rounds });
      if (measured.length < cases.length) return;
      clearTimeout(late);
      resolve(measured);
    });
    child.once('exit', () => reject(new Error('The coordinator ended during the bench.')));
  });
}

function figuresOf({ report, agents, database }: Measured, note: (sentence: string) => void): Figure[] {
  const { of, milliseconds, processorMilliseconds: own, busy } = report;
  const numbers = of.numbers.toLocaleString('en');
  const { milliseconds: target, peers } = TARGETS[of.numbers]!;
  note(`${numbers} numbers each way, ${of.rounds} rounds: from ${Math.min(...milliseconds).toFixed(1)} to ${Math.max(...milliseconds).toFixed(1)} ms; the coordinator's thread was busy ${Math.round(busy * 100)} % of it.`);
  return [
    { name: `${numbers} numbers each way, median`, value: median(milliseconds), unit: 'ms', target, peers },
    { name: `${numbers} numbers each way, 95 % of rounds`, value: quantile(milliseconds, 0.95), unit: 'ms' },
    { name: `${numbers} numbers, processor time: coordinator`, value: own, unit: 'ms' },
    { name: `${numbers} numbers, processor time: four agents`, value: agents, unit: 'ms' },
    { name: `${numbers} numbers, processor time: database`, value: database, unit: 'ms' },
  ];
}

function reported(child: ChildProcess, what: CoordinatorReport['said']): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('message', (report: CoordinatorReport) => report.said === what && resolve());
    child.once('exit', (code) => reject(new Error(`The coordinator ended with ${code} while it started.`)));
  });
}
