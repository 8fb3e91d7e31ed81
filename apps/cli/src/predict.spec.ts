import { modelStatement } from '@consilium/protocol';
import { identityFromSeed } from '@consilium/secure-channel';
import { initSite } from '@consilium/site-agent';
import { type ModelFileContent, modelFileDigest, modelFileText } from '@consilium/study';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from './program.js';
import type { Terminal } from './terminal.js';

const centre = identityFromSeed(new Uint8Array(32).fill(7));

/** A logistic model of one input, log-odds −1 + 0.5 x. */
const content: ModelFileContent = {
  consiliumModel: 1,
  name: 'score',
  models: [{ name: 'score', artefact: { kind: 'logistic', features: ['x'], mean: [0], sd: [1], coefficients: [0.5], intercept: -1 } }],
  inputs: { features: ['x'], ranges: { tail: 0.01, ranges: [{ feature: 'x', low: -3, high: 3 }] }, extraction: null, fill: {}, ownSiteScale: false, harmonised: false },
  card: { outcome: { column: 'response' } },
  run: { plan: 'p', study: 's', results: 'r' },
  notice: 'For research use only.',
};

let root: string;
const file = (name: string): string => join(root, name);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cli-predict-'));
  await initSite(root);
  await writeFile(file('enrolment.json'), JSON.stringify({ url: 'https://centre.example', site: 'here', coordinatorKey: centre.publicKey, caDigest: null, enrolledAt: '2026-01-01T00:00:00Z' }));
  const { purpose, message } = modelStatement(modelFileDigest(content));
  await writeFile(file('score.json'), modelFileText({ content, signature: { publicKey: centre.publicKey, signature: centre.signText(purpose, message) } }));
  // 40 patients, half of them with the event: more than the model expects.
  await writeFile(file('known.csv'), `id,x,response\n${Array.from({ length: 40 }, (_, i) => `p${i},${(i % 8) / 2 - 2},${i % 2}`).join('\n')}\n`);
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function run(...args: string[]): Promise<{ out: string; notes: string; code: number }> {
  let [out, notes, code] = ['', '', 0];
  const terminal: Terminal = { out: (text) => void (out += `${text}\n`), note: (text) => void (notes += `${text}\n`), status: () => undefined, interactive: false, now: () => 0, exitCode: (value) => void (code = value) };
  await runCommandLine(args, terminal);
  return { out, notes, code };
}

const probabilities = (csv: string): number[] => csv.trim().split('\n').slice(1).map((line) => Number(line.split(',')[1]));

describe('a model of a study at a hospital', () => {
  it('predicts for a table, says that it is for research only, and whose outcome was known before', async () => {
    const { out, notes, code } = await run('predict', '--model', file('score.json'), '--table', file('known.csv'), '--dir', root);
    expect(code).toBe(0);
    expect(probabilities(out)[0]).toBeCloseTo(1 / (1 + Math.exp(2)), 12);
    expect(notes).toMatch(/For research use only\..*Model score: 40 of 40 patients have a prediction\..*40 patients have a recorded outcome already/s);
  });

  it('is brought to its own patients by update-model, and predicts their event rate afterwards', async () => {
    const updated = await run('update-model', '--model', file('score.json'), '--table', file('known.csv'), '--dir', root, '--method', 'in-the-large', '--out', file('here.json'));
    expect(updated).toMatchObject({ code: 0, notes: expect.stringMatching(/updated on 40 patients, 20 with the event; intercept 1\.\d+, slope 1\.000.*only this site predicts by it/s) as string });
    const { code } = await run('predict', '--model', file('here.json'), '--table', file('known.csv'), '--dir', root, '--out', file('out.csv'));
    expect(code).toBe(0);
    const after = probabilities(await readFile(file('out.csv'), 'utf8'));
    expect(after.reduce((sum, one) => sum + one, 0) / after.length).toBeCloseTo(0.5, 9);
  });

  it('refuses what it cannot do in a sentence, and writes no file', async () => {
    expect(await run('update-model', '--model', file('score.json'), '--table', file('known.csv'), '--dir', root, '--method', 'shrink', '--out', file('here.json'))).toMatchObject({ code: 2 });
    await writeFile(file('other.csv'), 'id,y,response\na,1,1\n');
    const refused = await run('update-model', '--model', file('score.json'), '--table', file('other.csv'), '--dir', root, '--method', 'slope', '--out', file('here.json'));
    expect(refused).toMatchObject({ code: 1, notes: expect.stringMatching(/^E\d{3}: .*\bx\b/) as string });
    await expect(readFile(file('here.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
