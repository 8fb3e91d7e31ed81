import { appendFile, mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Ledger, verifyLedger } from './ledger.js';

const folder = await mkdtemp(join(tmpdir(), 'consilium-ledger-'));
const path = join(folder, 'ledger.jsonl');

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the check of a ledger', () => {
  it('waits for a line that is being written, and names one that stays torn', async () => {
    const ledger = await Ledger.open(path);
    for (const at of ['2026-05-01T10:00:00.000Z', '2026-05-01T10:00:01.000Z']) await ledger.append({ event: 'resumed', at, reason: null });
    await ledger.close();
    const whole = await readFile(path);
    const half = whole.length - 20;

    await truncate(path, half);
    const checking = verifyLedger(path);
    setTimeout(() => void appendFile(path, whole.subarray(half)), 150);
    expect(await checking).toMatchObject({ intact: true, records: 2 });

    await truncate(path, half);
    expect(await verifyLedger(path)).toMatchObject({ intact: false, records: 1, firstBreak: { sequence: 2, reason: 'incomplete' } });
  });
});
