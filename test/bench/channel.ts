import { createHash, randomBytes } from 'node:crypto';
import { discard, FrameOpener, FrameSealer, SUITES, type FrameKey, type SuiteName } from '@consilium/secure-channel';
import { median, timed, type Bench, type Figure } from './bench.js';

const BODY_BYTES = 8_000_000;
/** As the transport cuts bodies. */
const CHUNK_BYTES = 1 << 19;
const TYPE = 2;

export const channelBench: Bench = {
  name: 'channel',
  title: 'The sealed channel alone: 8 MB in frames of half a mebibyte, in one thread',
  async run() {
    const body = randomBytes(BODY_BYTES);
    const figures: Figure[] = [];
    for (const suite of SUITES) figures.push(...sealing(suite, body));
    figures.push({ name: 'sha256', value: rate(await timed(20, () => createHash('sha256').update(body).digest())), unit: 'MB/s' });
    return figures;
  },
};

function sealing(suite: SuiteName, body: Buffer): Figure[] {
  const key: FrameKey = { suite, key: randomBytes(32), direction: 'agent-to-coordinator' };
  // tweetnacl in plain JavaScript takes its time; three bodies tell as much as twenty.
  const times = suite === 'xsalsa20-poly1305' ? 3 : 20;
  const sealer = new FrameSealer(key, 0);
  const opener = new FrameOpener(key);
  const seal: number[] = [];
  const open: number[] = [];
  for (let time = -2; time < times; time++) {
    const started = performance.now();
    const frames = sealBody(sealer, body);
    const sealed = performance.now();
    openBody(opener, frames);
    if (time < 0) continue;
    seal.push(sealed - started);
    open.push(performance.now() - sealed);
  }
  return [
    { name: `${suite}, seal`, value: rate(seal), unit: 'MB/s' },
    { name: `${suite}, open`, value: rate(open), unit: 'MB/s' },
  ];
}

function sealBody(sealer: FrameSealer, body: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let from = 0; from < body.length; from += CHUNK_BYTES) frames.push(...sealer.seal(TYPE, [body.subarray(from, from + CHUNK_BYTES)], 0)!);
  return frames;
}

function openBody(opener: FrameOpener, frames: readonly Buffer[]): void {
  for (const frame of frames) {
    const opened = opener.open(frame);
    if (!opened.ok) throw new Error('A frame did not open.');
    discard(frame);
    discard(opened.payload);
  }
}

const rate = (milliseconds: readonly number[]): number => BODY_BYTES / 1000 / median(milliseconds);
