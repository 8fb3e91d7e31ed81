import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Bench, Figure } from './bench.js';
import { boostingBench } from './boosting.js';
import { channelBench } from './channel.js';
import { durabilityBench } from './durability.js';
import { exactSumsBench } from './exact-sums.js';
import { extractBench } from './extract.js';
import { methodsBench } from './methods.js';
import { nullTestAllBench, nullTestBench } from './null-test.js';
import { pagesBench } from './pages.js';
import { roundLatencyBench } from './round-latency/round-latency.js';
import { secureSumsBench } from './secure-sums.js';
import { selectionBench } from './selection.js';
import { simulateBench } from './simulate.js';
import { figureTable } from './table.js';

/** Those first whose figure a process that has done other things would change: processor time beside another program's, and the largest memory. */
const benches: readonly Bench[] = [boostingBench, selectionBench, exactSumsBench, secureSumsBench, channelBench, durabilityBench, methodsBench, simulateBench, extractBench, pagesBench, roundLatencyBench, nullTestBench, nullTestAllBench];

const { values: options, positionals: wanted } = parseArgs({ allowPositionals: true, options: { list: { type: 'boolean' }, json: { type: 'string' } } });

process.exitCode = await main();

async function main(): Promise<number> {
  const unknown = wanted.filter((name) => !benches.some((bench) => bench.name === name));
  if (options.list || unknown.length > 0) {
    if (unknown.length > 0) console.error(`There is no bench ${unknown.join(', ')}.`);
    for (const { name, title } of benches) console.log(`${name.padEnd(16)}${title}`);
    return unknown.length > 0 ? 1 : 0;
  }
  const load = loadavg()[0]!;
  console.log(`${cpus().length} processors (${cpus()[0]?.model.trim()}), Node ${process.versions.node}, load average ${load.toFixed(2)}`);
  if (load > 1) console.log('Other programs are at work on this machine: wall-clock figures below are worse than they would be alone.');
  const figures: (Figure & { readonly bench: string })[] = [];
  let failed = 0;
  for (const bench of benches.filter(({ name, onlyByName }) => (wanted.length === 0 ? !onlyByName : wanted.includes(name)))) {
    console.log(`\n${bench.title}`);
    try {
      for (const figure of await bench.run((sentence) => console.log(`  ${sentence}`))) figures.push({ bench: bench.name, ...figure });
    } catch (error) {
      failed++;
      console.error(`  The bench ${bench.name} could not run: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  console.log(`\n${figureTable(figures)}`);
  const loadAtEnd = loadavg()[0]!;
  if (options.json) await writeFile(options.json, `${JSON.stringify({ machine: { processors: cpus().length, model: cpus()[0]?.model, node: process.versions.node, load, loadAtEnd }, figures }, null, 2)}\n`);
  return failed > 0 ? 1 : 0;
}
