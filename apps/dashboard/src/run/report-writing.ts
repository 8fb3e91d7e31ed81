import latin from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url';
import greek from '@fontsource-variable/inter/files/inter-greek-wght-normal.woff2?url';
import mono from '@fontsource/ibm-plex-mono/files/ibm-plex-mono-latin-400-normal.woff2?url';
import { PRODUCT_VERSION } from '@consilium/protocol';
import type { ReportPlan, ReportSource } from '@consilium/report';
import type { ShownRun } from '../api.js';
import { ask, queries } from '../queries.js';
import type { AskedReport } from './report-worker.js';

/** Everything the coordinator keeps of a finished run. Evidence of other results is none. */
export async function reportSource(run: ShownRun): Promise<ReportSource> {
  const [results, record, timeline, { text }, studies] = await Promise.all([
    queries.ensureQueryData(ask.results(run.id)),
    queries.ensureQueryData(ask.record(run.id)),
    queries.ensureQueryData(ask.timeline(run.id)),
    queries.ensureQueryData(ask.plan(run.plan)),
    queries.ensureQueryData(ask.studies),
  ]);
  return {
    results,
    resultsDigest: run.results!,
    plan: JSON.parse(text) as ReportPlan,
    record: record.results === run.results ? record : null,
    timeline,
    siteOrder: studies.find(({ name }) => name === run.study)?.sites ?? null,
    productVersion: PRODUCT_VERSION,
  };
}

/** The report as one HTML text, the same bytes as `consilium report` writes. */
export async function writtenReport(source: ReportSource): Promise<string> {
  const [text, more, digests] = await Promise.all([latin, greek, mono].map(letters));
  const asked: AskedReport = { source, fonts: { text: [text!, more!], mono: digests! } };
  const worker = new Worker(new URL('./report-worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise<string>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<string>) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(asked);
    });
  } finally {
    worker.terminate();
  }
}

/** A font file in base64, in pieces that an argument list can hold. */
async function letters(address: string): Promise<string> {
  const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
  let binary = '';
  for (let at = 0; at < bytes.length; at += 32_768) binary += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(binary);
}
