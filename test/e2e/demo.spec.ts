import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { consilium } from '../federation/wdbc.js';
import { processesIn } from '../federation/invariants.js';

const MINUTES = 60_000;

/** A machine's temporary folder of its own, so that what is left behind can be seen. */
let temporary: string;
beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'consilium-demo-'));
  await chmod(temporary, 0o711);
});
afterEach(() => rm(temporary, { recursive: true, force: true }));

interface Demo {
  readonly child: ChildProcess;
  said(): string;
}

function demo(...words: readonly string[]): Demo {
  const child = spawn(process.execPath, [consilium, 'demo', ...words], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TMPDIR: temporary } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (text += piece.toString()));
  return { child, said: () => text };
}

async function until({ child, said }: Demo, sign: string): Promise<void> {
  while (!said().includes(sign)) {
    if (child.exitCode !== null) throw new Error(`It ended before it said "${sign}":\n${said()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function ended({ child }: Demo): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'exit');
  return child.exitCode;
}

const left = async (): Promise<unknown> => ({ processes: await processesIn(temporary), files: await readdir(temporary) });

describe('the demonstration', () => {
  it('tells of a validated model, the bytes of the simulation and whole ledgers, stays up until Ctrl-C, then stops in order; a folder that was named is kept', async () => {
    const folder = join(temporary, 'kept');
    const shown = demo('--folder', folder);
    await until(shown, 'Everything is still up. Ctrl-C stops it in order.');
    const text = shown.said();
    for (const site of ['A', 'B', 'C', 'D']) {
      expect(text).toMatch(new RegExp(`^ +${site} is enrolled and admitted:( [a-z]+){10}$`, 'm'));
      expect(text).toMatch(new RegExp(`^ +${site} approves exactly this plan for its \\d+ patients`, 'm'));
    }
    // The figures of metafor and pROC on the same patients, each site left out in turn (test/oracle, meta_loso).
    expect(text).toMatch(/^ +A +285 \(119\) +0\.90 \(0\.86–0\.93\)/m);
    expect(text).toMatch(/^ +Pooled AUC: +0\.91 \(95% CI 0\.88–0\.93\), random effects over 4 hospitals/m);
    expect(text).toMatch(/^ +A new hospital: +0\.88–0\.93 \(95% prediction interval\)/m);
    expect(text).toContain("results.json is the same as the rehearsal's, byte for byte");
    expect(text).toMatch(/Every hospital's ledger of what left it is whole\. Records: A \d+, B \d+, C \d+, D \d+\./);
    expect((await processesIn(folder)).length).toBeGreaterThanOrEqual(6);
    shown.child.kill('SIGINT');
    expect(await ended(shown), shown.said()).toBe(0);
    expect(await processesIn(folder)).toEqual([]);
    expect(await readdir(temporary)).toEqual(['kept']);
    expect(await readdir(join(folder, 'results'))).toEqual(expect.arrayContaining(['results.json', 'run.json', 'figures.csv']));
    const again = demo('--folder', folder);
    expect([await ended(again), again.said()]).toEqual([2, `${folder} is not empty. Nothing was started. Name a new folder.\n`]);
  }, 4 * MINUTES);

  it('interrupted in its middle leaves nothing running or lying about', async () => {
    const shown = demo('--exit');
    await until(shown, '3. The data stewards decide');
    shown.child.kill('SIGINT');
    expect(await ended(shown), shown.said()).toBe(130);
    expect(await left()).toEqual({ processes: [], files: [] });
  }, 2 * MINUTES);
});
