import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChainedLog, writeDurably } from '@consilium/operations';
import { median, timed, type Bench } from './bench.js';

/** What a site's ledger holds of a contribution, roughly. */
const entry = (index: number) => ({ event: 'contributions', round: index, digest: 'a'.repeat(64), rendering: Array.from({ length: 1000 }, (_, i) => Math.sin(i + index)) });

export const durabilityBench: Bench = {
  name: 'durability',
  title: `The disk under ${tmpdir()}: what waiting for it costs`,
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'consilium-bench-'));
    try {
      const log = await ChainedLog.open(join(folder, 'ledger.jsonl'), 'bench');
      const append = await timed(100, (index) => log.append(entry(index)));
      await log.close();
      const slot = await open(join(folder, 'slot'), 'w+');
      const rewrite = (bytes: Buffer) => async (): Promise<void> => {
        await slot.write(bytes, 0, bytes.length, 0);
        await slot.datasync();
        await slot.truncate(0);
      };
      const small = await timed(100, rewrite(randomBytes(8_000)));
      const large = await timed(20, rewrite(randomBytes(8_000_000)));
      await slot.close();
      const whole = randomBytes(8_000_000);
      const file = await timed(10, (index) => writeDurably(join(folder, `artefact-${index}`), whole));
      return [
        { name: 'ledger: one entry of 1,000 numbers', value: median(append), unit: 'ms' },
        { name: 'outbox: 8 kB written and on the disk', value: median(small), unit: 'ms' },
        { name: 'outbox: 8 MB written and on the disk', value: median(large), unit: 'ms' },
        { name: 'artefact: a file of 8 MB, renamed into place', value: median(file), unit: 'ms' },
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
