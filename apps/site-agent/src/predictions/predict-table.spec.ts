import { extractionEngine, settingsDigest } from '@consilium/federation';
import { verifyChainedLog } from '@consilium/operations';
import { modelStatement } from '@consilium/protocol';
import { identityFromSeed } from '@consilium/secure-channel';
import { type ModelFileContent, modelFileDigest, modelFileText } from '@consilium/study';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initSite } from '../enrolment/init-site.js';
import { predictTable } from './predict-table.js';
import { updateModelFile } from './update-model-file.js';
import type { ModelRequest } from './usable-model.js';

const centre = identityFromSeed(new Uint8Array(32).fill(7));
const stranger = identityFromSeed(new Uint8Array(32).fill(8));
const radiomic = { kind: 'logistic', features: ['T1:entropy', 'stage=III'], mean: [4, 0], sd: [0.5, 1], coefficients: [1, 0.5], intercept: -0.25 };
const combined = { kind: 'logistic', features: ['age', 'radiomic'], mean: [50, 0], sd: [10, 1], coefficients: [0.3, 2], intercept: -1 };
const settings = 'imageType:\n  Original: {}\n';

const content = (inputs: Partial<ModelFileContent['inputs']> = {}): ModelFileContent => ({
  consiliumModel: 1,
  name: 'combined',
  models: [{ name: 'radiomic', artefact: radiomic }, { name: 'combined', artefact: combined }],
  inputs: {
    features: ['T1:entropy', 'stage=III', 'age'],
    ranges: { tail: 0.01, ranges: [{ feature: 'T1:entropy', low: 3, high: 5 }, { feature: 'stage=III', low: 0, high: 1 }, { feature: 'age', low: 30, high: 80 }] },
    extraction: null,
    fill: { age: 55 },
    ownSiteScale: false,
    harmonised: false,
    ...inputs,
  },
  card: { outcome: { column: 'response' } },
  run: { plan: 'p', study: 's', results: 'r' },
  notice: 'For research use only.',
});

function signed(of: ModelFileContent, by = centre): string {
  const { purpose, message } = modelStatement(modelFileDigest(of));
  return modelFileText({ content: of, signature: { publicKey: by.publicKey, signature: by.signText(purpose, message) } });
}

const table = Buffer.from('id,age,stage,T1:entropy,response\na,61,III,4.5,1\nb,,II,5.5,\nc,44,III,,\n');
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'predict-'));
  await initSite(root);
  await writeFile(join(root, 'enrolment.json'), JSON.stringify({ url: 'https://centre.example', site: 'here', coordinatorKey: centre.publicKey, caDigest: null, enrolledAt: '2026-01-01T00:00:00Z' }));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const predict = (request: Partial<ModelRequest> = {}) => predictTable(root, { model: signed(content()), table, now: () => new Date('2026-03-04T05:06:07Z'), ...request });
const refusal = (request: Partial<ModelRequest>) => expect(predict(request)).rejects;

describe('predictions at a site', () => {
  it('are those of the models one after another, with missing values filled, what lies outside flagged, and none where an input is missing', async () => {
    const { rows, csv, outcomesKnown } = await predict();
    const first = sigmoid(-1 + 0.3 * 1.1 + 2 * sigmoid(-0.25 + 1 + 0.5));
    expect(rows[0]!.probability).toBeCloseTo(first, 14);
    expect(rows[0]).toMatchObject({ outside: [], missing: [] });
    expect(rows[1]!.probability).toBeCloseTo(sigmoid(-1 + 0.3 * 0.5 + 2 * sigmoid(-0.25 + 3)), 14);
    expect(rows[1]).toMatchObject({ outside: ['T1:entropy'], missing: ['age'] });
    expect(rows[2]).toEqual({ probability: null, outside: [], missing: ['T1:entropy'] });
    expect(csv.split('\n')[0]).toBe('id,probability,outside_training_range,missing');
    expect(csv.split('\n')[2]).toMatch(/^b,0\.\d+,T1:entropy,age$/);
    expect(outcomesKnown).toBe(1);
  });

  it('are recorded with their time before they are given, in a chain, without a patient or a prediction', async () => {
    await predict();
    await predict({ now: () => new Date('2026-03-05T00:00:00Z') });
    const path = join(root, 'predictions/predictions.jsonl');
    const text = readFileSync(path, 'utf8');
    expect(await verifyChainedLog(path, 'predictions')).toMatchObject({ intact: true, records: 2 });
    expect(text).toContain('2026-03-04T05:06:07.000Z');
    expect(text).toContain(modelFileDigest(content()));
    for (const hidden of ['"a"', '0.7', 'III', '4.5', '61']) expect(text.replace(/[0-9a-f]{64}/g, '')).not.toContain(hidden);
  });

  it('are refused for a model that another centre signed, that was changed, or that is none', async () => {
    await refusal({ model: signed(content(), stranger) }).toMatchObject({ code: 'E330' });
    await refusal({ model: signed(content()).replace('"intercept":-1,', '"intercept":-2,') }).toMatchObject({ code: 'E330', message: expect.stringContaining('changed after') });
    await refusal({ model: '{}' }).toMatchObject({ code: 'E330' });
    expect(() => readFileSync(join(root, 'predictions/predictions.jsonl'))).toThrow();
  });

  it('are refused for features of other settings or of another engine, and for columns on the scale of each site', async () => {
    const made = (engine: string) => signed(content({ extraction: { engine, sequences: [{ sequence: 'T1', settings: settingsDigest(settings) }] } }));
    await refusal({ model: made(extractionEngine) }).toThrow(/Name the parameter file/);
    await refusal({ model: made(extractionEngine), settings: new Map([['T1', 'binWidth: 5']]) }).toThrow(/other settings/);
    await refusal({ model: made('another engine 1'), settings: new Map([['T1', settings]]) }).toThrow(/another engine 1/);
    const scaled = content({ extraction: { engine: extractionEngine, sequences: [{ sequence: 'T1', settings: settingsDigest(settings), intensity: 'nyul' }] } });
    await refusal({ model: signed(scaled), settings: new Map([['T1', settings]]) }).toThrow(/brought to a scale \(nyul\)/);
    await refusal({ model: signed(content({ ownSiteScale: true })) }).toThrow(/own scale/);
    expect((await predict({ model: made(extractionEngine), settings: new Map([['T1', settings.replace('\n', '\r\n')]]) })).rows).toHaveLength(3);
  });

  it('are refused where a column is missing, by its name', async () => {
    await refusal({ table: Buffer.from('id,age,stage\na,61,III\n') }).toMatchObject({ code: 'E606' });
  });
});

describe('a model updated at a site', () => {
  /** 60 patients, half of them with an event rate far above what the model says. */
  const patients = Array.from({ length: 60 }, (_, i) => ({ age: 40 + (i * 7) % 41, stage: i % 3 === 0 ? 'III' : 'II', entropy: 3 + ((i * 13) % 20) / 10, y: (i * 11) % 60 < 40 ? 1 : 0 }));
  const known = Buffer.from(`id,age,stage,T1:entropy,response\n${patients.map(({ age, stage, entropy, y }, i) => `q${i},${age},${stage},${entropy},${y}`).join('\n')}\n`);
  const update = (method: 'in-the-large' | 'slope' | 'refit', request: Partial<ModelRequest> = {}) => updateModelFile(root, { model: signed(content()), table: known, method, now: () => new Date('2026-03-04T05:06:07Z'), ...request });

  it('predicts the event rate of its patients, is signed by the site, and is recorded in the same chain', async () => {
    const { text, patients: n, events } = await update('in-the-large');
    expect([n, events]).toEqual([60, 40]);
    const { rows, content: own } = await predict({ model: text, table: known });
    expect(rows.reduce((sum, { probability }) => sum + probability!, 0)).toBeCloseTo(40, 6);
    expect(own.card).toMatchObject({ update: { method: 'in-the-large', patients: 60, events: 40, of: modelFileDigest(content()) } });
    const path = join(root, 'predictions/predictions.jsonl');
    expect(await verifyChainedLog(path, 'predictions')).toMatchObject({ intact: true, records: 2 });
    expect(readFileSync(path, 'utf8')).toContain(modelFileDigest(own));
  });

  it('is refused by another site, without outcomes, and where patients are too few', async () => {
    const { text } = await update('slope');
    await refusal({ model: text.replace('"method":"slope"', '"method":"refit"') }).toMatchObject({ code: 'E330' });
    const other = JSON.parse(text) as { signature: { publicKey: string; signature: string } };
    other.signature.publicKey = stranger.publicKey;
    await refusal({ model: JSON.stringify(other) }).toMatchObject({ code: 'E330' });
    await expect(update('slope', { table: Buffer.from('id,age,stage,T1:entropy\na,61,III,4.5\n') })).rejects.toThrow('no outcome response to update on');
    await expect(update('slope', { table })).rejects.toThrow(/Fewer than 10/);
  });
});
