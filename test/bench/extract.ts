import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, type Bench } from './bench.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const ENTRY = join(ROOT, 'apps/cli/bin/consilium.js');

/** Tells, as the process ends, what it used: processor time of all its threads (µs) and its largest size (kB), on the file descriptor 3. Its threads load this too. */
const REPORT = `import { writeSync } from 'node:fs'; import { isMainThread } from 'node:worker_threads'; if (isMainThread) process.on('exit', () => { const u = process.resourceUsage(); writeSync(3, JSON.stringify([u.userCPUTime + u.systemCPUTime, u.maxRSS])); });`;

const ROUNDS = 7;

interface Usage {
  readonly cpuSeconds: number;
  readonly mebibytes: number;
}

/** What one process uses from its start to its end. */
function measured(args: readonly string[]): Promise<Usage> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(REPORT)}`, ENTRY, 'extract', ...args], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    let text = '';
    child.stdio[3]!.on('data', (part: Buffer) => (text += part.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(`extract ended with code ${code}`));
      const [microseconds, kilobytes] = JSON.parse(text) as [number, number];
      resolve({ cpuSeconds: microseconds / 1e6, mebibytes: kilobytes / 1024 });
    });
  });
}

/** Seconds from the start of a process to its end, without anything that measures inside it. */
function wallSeconds(args: readonly string[]): Promise<number> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [ENTRY, 'extract', ...args], { stdio: 'ignore' });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve((performance.now() - started) / 1000) : reject(new Error(`extract ended with code ${code}`))));
  });
}

export const extractBench: Bench = {
  name: 'extract',
  title: 'consilium extract, a process a case: 1,834 features of one MR image, settings seed_bw25',
  async run(note) {
    const data = process.env['CONSILIUM_DATA'] ?? join(ROOT, '../shared/data');
    if (!existsSync(join(data, 'pyradiomics')) || !existsSync(join(data, 'sts'))) throw new Error('the images are not on this machine; name their folder in CONSILIUM_DATA');
    const folder = await mkdtemp(join(tmpdir(), 'consilium-bench-'));
    try {
      const of = (image: string, mask: string) => ['--image', join(data, image), '--mask', join(data, mask), '--settings', join(data, 'pyradiomics/values/seed_bw25.yaml'), '--out', join(folder, 'features.csv')];
      const small = of('pyradiomics/cases/brain1_image.nrrd', 'pyradiomics/cases/brain1_label.nrrd');
      const large = of('sts/STS_001/MR_T1_image.nii.gz', 'sts/STS_001/MR_T1_mask.nii.gz');
      const runs: Record<'small' | 'large', Usage[]> = { small: [], large: [] };
      const walls: { one: number; two: number }[] = [];
      // By turns, so that what else the machine does meets all alike.
      for (let round = 0; round < ROUNDS; round++) {
        runs.small.push(await measured(small));
        runs.large.push(await measured(large));
        walls.push({ one: await wallSeconds(large), two: await wallSeconds([...large, '--threads', '2']) });
      }
      note('Processor time of the whole process, Node included.');
      note(`Seconds from start to end, median of ${ROUNDS}: ${median(walls.map(({ one }) => one)).toFixed(2)} with one thread, ${median(walls.map(({ two }) => two)).toFixed(2)} with two.`);
      return [
        { name: 'brain1, 16,529 voxels', value: median(runs.small.map(({ cpuSeconds }) => cpuSeconds)), unit: 'CPU s', target: 0.8, peers: 'pyradiomics 3.0.1: 4.2' },
        { name: 'STS_001, 364,690 voxels', value: median(runs.large.map(({ cpuSeconds }) => cpuSeconds)), unit: 'CPU s', target: 5, peers: 'pyradiomics 3.0.1: 41.4' },
        { name: 'STS_001, memory', value: Math.max(...runs.large.map(({ mebibytes }) => mebibytes)), unit: 'MiB', target: 450, peers: 'pyradiomics 3.0.1: 1,730' },
        { name: 'STS_001, wall time of two threads over one', value: median(walls.map(({ one, two }) => two / one)), unit: '', target: 0.6 },
      ];
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};
