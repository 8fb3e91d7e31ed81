import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { partsOf } from '../fixtures/scripted-coordinator.js';
import { patientsCsv, SiteFixture, totalsQuestion } from '../fixtures/site-fixture.js';
import { readLedger, verifyLedger } from '../ledger/ledger.js';

const program = fileURLToPath(new URL('../../dist/packed/main.js', import.meta.url));
let site: SiteFixture;
let child: ChildProcess | undefined;
afterEach(async () => {
  if (child?.exitCode === null) child.kill('SIGKILL');
  await site.end();
});

async function startChild(): Promise<void> {
  const before = site.coordinator.of('hello').length;
  child = spawn(process.execPath, [program, site.root], { stdio: 'ignore' });
  await site.coordinator.next('hello', before);
}

async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  const gone = new Promise((resolve) => child!.once('exit', resolve));
  child!.kill(signal);
  await gone;
}

const ledgerPath = () => join(site.root, 'ledger/ledger.jsonl');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe.skipIf(!existsSync(program))('fault 21: an agent process that is killed with SIGKILL', () => {
  it('at random moments between question, sending and settling, gives every question one answer, on its ledger before it was sent', async () => {
    site = await SiteFixture.make({}, patientsCsv(600));
    await startChild();
    const plan = await site.openRun('run-1');
    const rounds = 6;
    const digests = new Map<string, Set<string>>();
    let random = 20_261_123;
    const next = () => (random = (random * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let i = 0; i < rounds; i++) {
      const round = `r${i}`;
      const seen = site.coordinator.of('answers').length;
      site.coordinator.fates.set(`run-1 ${round} 1`, 'wanted');
      await site.coordinator.ask(plan, [totalsQuestion('run-1', round)]);
      await pause(next() * 12);
      await kill();
      await startChild();
      await site.coordinator.announce('run-1', plan);
      await site.coordinator.ask(plan, [totalsQuestion('run-1', round)]);
      await site.until(async () => {
        const answers = site.coordinator.of('answers').slice(seen);
        expect(answers.some(({ message }) => message.parts.some((part) => part.round === round))).toBe(true);
        expect(answers.flatMap(({ message }) => message.refusals)).toEqual([]);
      });
      for (const answer of site.coordinator.of('answers').slice(seen)) {
        for (const [name, bytes] of partsOf(answer)) digests.set(name, (digests.get(name) ?? new Set()).add(sha256(bytes)));
      }
      if (next() < 0.5) {
        await site.coordinator.settle([{ run: 'run-1', round, attempt: 1, digest: [...digests.get(round)!][0]! }]);
        site.coordinator.fates.set(`run-1 ${round} 1`, 'settled');
      }
    }
    expect(digests.size).toBe(rounds);
    for (const [round, of] of digests) expect([round, of.size]).toEqual([round, 1]);
    await kill('SIGTERM');
    expect((await verifyLedger(ledgerPath()))?.intact).toBe(true);
    const recorded = new Set<string>();
    for await (const { entry } of readLedger(ledgerPath())) if (entry?.event === 'contributions') for (const { digest } of entry.parts) recorded.add(digest);
    for (const of of digests.values()) for (const digest of of) expect(recorded.has(digest)).toBe(true);
  });

  it('leaves a lock that the next agent takes over, and a torn ledger line that it repairs', async () => {
    site = await SiteFixture.make();
    await startChild();
    await kill();
    const text = await readFile(ledgerPath(), 'utf8');
    await writeFile(ledgerPath(), `${text}{"sequence":99,"previous":"`);
    await startChild();
    await kill('SIGTERM');
    expect((await verifyLedger(ledgerPath()))?.intact).toBe(true);
    expect(await readFile(ledgerPath(), 'utf8')).toContain('A crash left an incomplete last line');
    expect(existsSync(join(site.root, 'agent.lock'))).toBe(false);
  });

  it('fault 27: does not start on a ledger with an altered record', async () => {
    site = await SiteFixture.make();
    await startChild();
    await kill('SIGTERM');
    await writeFile(ledgerPath(), (await readFile(ledgerPath(), 'utf8')).replace('"event":"enrolled"', '"event":"enroled"'));
    child = spawn(process.execPath, [program, site.root], { stdio: ['ignore', 'ignore', 'pipe'] });
    let told = '';
    child.stderr!.on('data', (piece: Buffer) => (told += piece.toString()));
    const code = await new Promise((resolve) => child!.once('exit', resolve));
    expect(code).toBe(1);
    expect(told).toMatch(/^E712: Record 1 is altered\. Nothing was written\./);
  });
});
