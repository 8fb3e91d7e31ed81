import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { identityDirection, writeNrrd, type Volume } from '@consilium/imaging';
import { SeededRandom } from '@consilium/numerics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from './extract-command.js';
import { recordedTerminal } from './test-terminal.js';

const size = [20, 18, 12] as const;
const frame = { size, spacing: [1, 1, 2] as const, origin: [0, 0, 0] as const, direction: identityDirection() };

/** Blobs of noise of a patient's own brightness and coarseness. */
function image(seed: number): Volume {
  const random = SeededRandom.fromSeed(String(seed));
  const data = Int16Array.from({ length: 20 * 18 * 12 }, (_, i) => Math.round(300 + 40 * seed + 80 * Math.sin((i % 20) / (2 + seed)) + 25 * random.normal()));
  return { ...frame, pixelType: 'int16', data };
}

/** Label 1 a box, label 2 a smaller one, label 3 one voxel. */
const mask: Volume = {
  ...frame, pixelType: 'uint8',
  data: Uint8Array.from({ length: 20 * 18 * 12 }, (_, i) => {
    const [x, y, z] = [i % 20, Math.floor(i / 20) % 18, Math.floor(i / 360)];
    if (x > 3 && x < 13 && y > 3 && y < 12 && z > 2 && z < 9) return 1;
    if (x > 14 && x < 18 && y > 4 && y < 9 && z > 3 && z < 7) return 2;
    return i === 0 ? 3 : 0;
  }),
};

describe('consilium extract', () => {
  let folder = '';
  const at = (name: string) => join(folder, name);
  const run = async (...args: string[]) => {
    const terminal = Object.assign(recordedTerminal(), { status: () => undefined });
    await runCommandLine(['extract', ...args], terminal);
    return terminal;
  };
  const one = ['--image', 'image1.nrrd', '--mask', 'mask.nrrd'];
  const paths = (args: readonly string[]) => args.map((arg) => (/\.(nrrd|csv|json|yaml)$/.test(arg) ? at(arg) : arg));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'consilium-extract-'));
    for (const seed of [1, 2, 3]) await writeFile(at(`image${seed}.nrrd`), await writeNrrd(image(seed)));
    await writeFile(at('mask.nrrd'), await writeNrrd(mask));
    await writeFile(at('empty.nrrd'), await writeNrrd({ ...mask, data: new Uint8Array(mask.data.length) }));
    await writeFile(at('settings.yaml'), 'imageType:\n  Original: {}\n  LoG:\n    sigma: [1, 2.0]\nfeatureClass:\n  firstorder: [Mean, Variance]\n  glcm: [Contrast]\nsetting:\n  binWidth: 10\n');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('writes feature,value under pyradiomics’ names, whole numbers and fractions of sigma as they were written', async () => {
    const terminal = await run(...paths([...one, '--settings', 'settings.yaml', '--out', 'one.csv']));
    expect(terminal.code).toBe(0);
    const lines = (await readFile(at('one.csv'), 'utf8')).trim().split('\n');
    expect(lines[0]).toBe('feature,value');
    expect(lines.slice(1).map((line) => line.split(',')[0])).toStrictEqual(
      ['original', 'log-sigma-1-mm-3D', 'log-sigma-2-0-mm-3D'].flatMap((name) => ['firstorder_Mean', 'firstorder_Variance', 'glcm_Contrast'].map((feature) => `${name}_${feature}`)),
    );
    for (const line of lines.slice(1)) expect(String(Number(line.split(',')[1]))).toBe(line.split(',')[1]);
  });

  it('measures several labels in one run', async () => {
    await run(...paths([...one, '--settings', 'settings.yaml', '--out', 'labels.csv', '--label', '1,2']));
    const text = await readFile(at('labels.csv'), 'utf8');
    expect(text).toContain('label1_original_firstorder_Mean,');
    expect(text).toContain('label2_original_firstorder_Mean,');
  });

  it('refuses a single voxel, a label that is not there and an empty mask, in a sentence, and writes nothing', async () => {
    const refused = async (...more: string[]) => {
      const terminal = await run(...paths(['--image', 'image1.nrrd', '--settings', 'settings.yaml', '--out', 'refused.csv', ...more]));
      expect(terminal.code).toBe(1);
      expect(existsSync(at('refused.csv'))).toBe(false);
      return terminal.notes.join('\n');
    };
    expect(await refused('--mask', 'mask.nrrd', '--label', '3')).toBe('The region has 1 voxel; no features can be computed. Nothing was written.');
    expect(await refused('--mask', 'mask.nrrd', '--label', '7')).toContain('Label 7 is not in the mask (labels present: 1, 2, 3).');
    expect(await refused('--mask', 'empty.nrrd')).toContain('The mask is empty');
  });

  it('names every mistake of the settings with its line', async () => {
    await writeFile(at('wrong.yaml'), 'setting:\n  binWith: 25\n  label: 0\nimageType:\n  Wavelets: {}\n');
    const terminal = await run(...paths([...one, '--settings', 'wrong.yaml', '--out', 'wrong.csv']));
    expect(terminal.code).toBe(2);
    expect(terminal.notes.join('\n')).toBe(
      'The settings cannot be used:\nline 2, setting.binWith: There is no setting binWith. Did you mean binWidth?\nline 3, setting.label: The number must be greater than 0; it is 0.\n' +
        'line 5, imageType.Wavelets: There is no image type Wavelets. Did you mean Wavelet?\nNothing was done.',
    );
  });

  it('goes on where a batch stopped, reports refusals, and gives the same bytes', async () => {
    const manifest = 'case,image,mask,label\nA,image1.nrrd,mask.nrrd,\nB,image2.nrrd,mask.nrrd,1 2\n"C, late",image3.nrrd,mask.nrrd,3\nD,missing.nrrd,mask.nrrd,\n';
    await writeFile(at('manifest.csv'), manifest);
    const args = paths(['--batch', 'manifest.csv', '--settings', 'settings.yaml', '--out', 'batch.csv']);
    const first = await run(...args);
    expect(first.code).toBe(1);
    const whole = await readFile(at('batch.csv'), 'utf8');
    expect(whole.split('\n').map((line) => line.split(',').slice(0, 2).join())).toStrictEqual(['case,label', 'A,1', 'B,1', 'B,2', '']);
    expect(await readFile(at('batch.csv.refusals.csv'), 'utf8')).toBe(
      'case,reason\n"C, late","The region has 1 voxel; no features can be computed."\nD,The image or the mask is not there.\n',
    );
    const journal = await readFile(at('batch.csv.journal.jsonl'), 'utf8');
    const [line1, line2] = journal.split('\n');
    // As after a kill in the middle of the second line.
    await writeFile(at('batch.csv.journal.jsonl'), `${line1}\n${line2!.slice(0, 40)}`);
    await run(...args);
    expect(await readFile(at('batch.csv'), 'utf8')).toBe(whole);
    expect((await readFile(at('batch.csv.journal.jsonl'), 'utf8')).split('\n').filter((line) => line.endsWith('}}'))).toHaveLength(3);
  });

  it('reports the agreement of each feature after small changes, the same for the same seed', async () => {
    await writeFile(at('three.csv'), 'case,image,mask\nA,image1.nrrd,mask.nrrd\nB,image2.nrrd,mask.nrrd\nC,image3.nrrd,mask.nrrd\n');
    const icc = async (out: string) => {
      await run(...paths(['--batch', 'three.csv', '--settings', 'settings.yaml', '--out', out, '--perturb', '3', '--seed', '5']));
      return readFile(at(`${out}.icc.csv`), 'utf8');
    };
    const first = await icc('p1.csv');
    expect(first).toBe(await icc('p2.csv'));
    const mean = first.split('\n').find((line) => line.startsWith('original_firstorder_Mean'))!.split(',').map(Number);
    // Brightness differs by 40 between patients, far more than a small change moves it.
    expect(mean[1]).toBeGreaterThan(0.9);
    expect(mean[1]).toBeLessThan(1);
    expect(mean[4]).toBe(3);
  });

  it('says how it is used when arguments are missing', async () => {
    expect((await run(...paths(['--settings', 'settings.yaml', '--out', 'x.csv']))).code).toBe(2);
    expect((await run(...paths([...one, '--settings', 'settings.yaml', '--out', 'x.csv', '--perturb', '3']))).notes.join()).toContain('--perturb needs --batch');
    expect((await run(...paths([...one, '--settings', 'settings.yaml', '--out', 'x.csv', '--threads', '0']))).code).toBe(2);
  });

  const built = fileURLToPath(new URL('../dist/extract-command.js', import.meta.url));
  it.skipIf(!existsSync(built))('gives the same bytes with one, two and three threads (the built command)', async () => {
    await writeFile(at('all.yaml'), 'imageType:\n  Original: {}\n  Wavelet: {}\n  Square: {}\n  LBP3D: {}\n');
    const results = await Promise.all(
      ['1', '2', '3'].map((threads) => {
        const out = at(`threads${threads}.csv`);
        const done = spawnSync(process.execPath, [fileURLToPath(new URL('../bin/consilium.js', import.meta.url)), 'extract', ...paths([...one, '--settings', 'all.yaml']), '--out', out, '--threads', threads]);
        expect(done.status, done.stderr.toString()).toBe(0);
        return readFile(out, 'utf8');
      }),
    );
    expect(results[0]!.split('\n').length).toBeGreaterThan(900);
    expect(results[1]).toBe(results[0]);
    expect(results[2]).toBe(results[0]);
  });
});
