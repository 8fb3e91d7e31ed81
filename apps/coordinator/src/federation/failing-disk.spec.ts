import { canRefuseWrites, refuseWrites } from '@consilium/operations/testing';
import { coordinatorErrors } from '@consilium/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestCentre } from '../fixtures/test-centre.js';

let centre: TestCentre;
let letGo: () => void = () => undefined;
beforeAll(async () => {
  centre = await TestCentre.open();
});
afterEach(() => letGo());
afterAll(() => centre.close());

describe.skipIf(!canRefuseWrites)('fault 27: a coordinator whose disk takes no more bytes', () => {
  it('makes a run wait with a sentence, and the resumed run has the results of one that met no fault', async () => {
    const undisturbed = await centre.launch();
    await centre.until(undisturbed.id, 'closed');
    letGo = refuseWrites();
    // The published model is on the disk already: the first thing to be written is what the sites answer.
    const { id } = await centre.launch();
    const paused = await centre.until(id, 'paused');
    expect(paused.code).toBe(coordinatorErrors.storageTrouble.code);
    expect(paused.reason).toBe('The coordinator cannot write its folder: its files may not become larger. The run waits; contributions that are not settled are safe at their sites.');
    letGo();
    await centre.coordinator.services.runs.resume(id, [], 'tester');
    await centre.until(id, 'closed');
    expect(await centre.results(id)).toBe(await centre.results(undisturbed.id));
  });
});
