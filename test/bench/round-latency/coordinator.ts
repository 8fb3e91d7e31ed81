import { readFileSync } from 'node:fs';
import { createCoordinator, type CoordinatorSettings } from '@consilium/coordinator';
import { collectGarbageWhole } from '@consilium/operations';
import { federatedLinkTest, type Federation, type ViewSpec } from '@consilium/federation';
import type { CoordinatorReport, LatencyCase } from './messages.js';

/**
 * The coordinator in a process of its own, as it is but for one thing: a run carries link tests instead of its plan's stages, and the time of
 * each round is taken around the call that a method makes.
 */
const [settingsFile, casesText] = process.argv.slice(2);
const settings = JSON.parse(readFileSync(settingsFile!, 'utf8')) as CoordinatorSettings;
const cases = JSON.parse(casesText!) as LatencyCase[];
const tell = (report: CoordinatorReport): void => void process.send?.(report);
const view: ViewSpec = { outcome: 'y', features: [], rows: [] };

collectGarbageWhole();
const coordinator = await createCoordinator(settings, {
  async program(federation) {
    for (const one of cases) await measure(federation, one);
    return '{}\n';
  },
});
process.once('SIGTERM', () => void coordinator.stop().then((clean) => process.exit(clean ? 0 : 1)));
await coordinator.start();
tell({ said: 'up' });

async function measure(federation: Federation, one: LatencyCase): Promise<void> {
  const milliseconds: number[] = [];
  await check(federatedLinkTest(federation, view, { numbers: one.numbers, rounds: one.warmUp }));
  tell({ said: 'begins', of: one });
  const processor = process.cpuUsage();
  const loop = performance.eventLoopUtilization();
  await check(federatedLinkTest(timing(federation, milliseconds), view, { numbers: one.numbers, rounds: one.rounds }));
  const { user, system } = process.cpuUsage(processor);
  const busy = performance.eventLoopUtilization(loop).utilization;
  tell({ said: 'measured', of: one, milliseconds, processorMilliseconds: (user + system) / 1000 / one.rounds, busy, peakMebibytes: peakMebibytes() });
}

async function check(result: ReturnType<typeof federatedLinkTest>): Promise<void> {
  const { altered } = await result;
  if (altered > 0) throw new Error(`${altered} sums are not what was sent.`);
}

function timing(federation: Federation, milliseconds: number[]): Federation {
  const sum: Federation['sum'] = async (step, request) => {
    const started = performance.now();
    const answer = await federation.sum(step, request);
    milliseconds.push(performance.now() - started);
    return answer;
  };
  return new Proxy(federation, {
    get(target, name) {
      if (name === 'sum') return sum;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? (member as (...of: unknown[]) => unknown).bind(target) : member;
    },
  });
}

/** The most this process ever had in memory. */
function peakMebibytes(): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kibibytes) / 1024;
}
