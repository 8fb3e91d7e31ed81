import { encodeRequest, momentTotals } from '@consilium/federation';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CohortReader } from '../data/cohort.js';
import { patientsCsv } from '../fixtures/site-fixture.js';
import { ArtefactStore } from '../runs/artefact-store.js';
import { InlineExecutor } from './inline-executor.js';
import type { StepCall, StepOutcome } from './step-call.js';
import { WorkerExecutor } from './worker-executor.js';

const built = fileURLToPath(new URL('../../dist/execution/step-worker.js', import.meta.url));
const limits = { minimumCell: 5, minimumPatients: 20, minimumPerClass: 5, parametersPerPatient: 0.33, minimumBin: 5, minimumLeaf: 5, minimumDifference: 5 };
const tables = [{ name: 'clinical', file: 'clinical.csv', dictionary: null, id: null }];
const call = (features: string[]): StepCall => ({ step: momentTotals.name, version: 1, limits, request: encodeRequest(momentTotals, { view: { outcome: 'y', features, rows: [] }, parameters: null }) });
const digestOf = (outcome: StepOutcome) => (outcome.kind === 'contribution' ? outcome.digest : outcome);

let root: string;
let thread: WorkerExecutor;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'worker-'));
  await mkdir(join(root, 'artefacts'));
  await writeFile(join(root, 'clinical.csv'), patientsCsv());
  thread = new WorkerExecutor({ root, tables, artefacts: join(root, 'artefacts'), plans: join(root, 'plans'), coordinatorKey: '', site: 'here' });
});
afterEach(async () => {
  await thread.close();
  await rm(root, { recursive: true, force: true });
});

describe.skipIf(!existsSync(built))('a computing thread', () => {
  it('gives the bytes, the digest and the refusals that the agent itself would give', async () => {
    const here = new InlineExecutor({ cohort: new CohortReader(root, tables), artefacts: new ArtefactStore(join(root, 'artefacts')), site: 'here' });
    const question = call(['age', 'stage=III']);
    const [there, own] = [await thread.run(question), await here.run(question)];
    expect(there).toEqual(own);
    expect(own.kind).toBe('contribution');
    // The request is lent to the thread as a copy: it can be asked again.
    expect(digestOf(await thread.run(question))).toBe(digestOf(own));
    expect(await thread.cohortDigest()).toBe(await here.cohortDigest());
    expect(await thread.run(call(['weight']))).toEqual(await here.run(call(['weight'])));
  });

  it('answers many questions asked at once, each its own', async () => {
    const columns = [['age'], ['stage=II'], ['stage=III'], ['age', 'stage=IVA']];
    const outcomes = await Promise.all(columns.map((features) => thread.run(call(features))));
    expect(outcomes.map((outcome) => (outcome.kind === 'contribution' ? outcome.view.firstFeatures : outcome))).toEqual(columns);
  });

  it('that cannot start fails its questions, and is made anew for the next', async () => {
    const broken = new WorkerExecutor({ root, tables, artefacts: root, plans: root, coordinatorKey: '', site: 'here' }, new URL('file:///no-such-thread.js'));
    await expect(broken.run(call(['age']))).rejects.toThrow(/no-such-thread/);
    await expect(broken.run(call(['age']))).rejects.toThrow(/no-such-thread/);
    await broken.close();
  });

  it('that is stopped answers nothing and refuses nothing', async () => {
    const waiting = thread.run(call(['age']));
    await thread.close();
    await expect(waiting).rejects.toMatchObject({ name: 'AgentStopping' });
  });
});
