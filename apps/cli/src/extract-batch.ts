import { createHash } from 'node:crypto';
import { ImageFileError, type Volume } from '@consilium/imaging';
import { ENGINE_VERSION, settingsText, type FeatureTable } from '@consilium/radiomics';
import type { ExtractOptions } from './extract-command.js';
import { labelsIn, readCase, writeWhole } from './extract-files.js';
import { digestOf, ExtractionJournal } from './extract-journal.js';
import { csvCell, readManifest, type ManifestCase } from './extract-manifest.js';
import type { ExtractContext } from './extract-run.js';
import { EXIT_REFUSED } from './terminal.js';

/** One row of the result: a case, or one label of it. */
export interface BatchRow {
  readonly name: string;
  readonly label: number;
  readonly table: FeatureTable;
  /** The same region after each small change, when asked for. */
  readonly repeats: readonly FeatureTable[];
}

interface Refusal {
  readonly name: string;
  readonly sentence: string;
}

/**
 * Every case of a manifest, one after another. Results are kept beside the output as they come, so that a second call goes on where the first was stopped; a case that cannot be
 * measured is reported and the next one follows.
 */
export async function runBatch(options: ExtractOptions & { batch: string }, context: ExtractContext): Promise<void> {
  const { terminal, signal } = context;
  const cases = await readManifest(options.batch);
  const journal = await ExtractionJournal.open(`${options.out}.journal.jsonl`);
  const rows: BatchRow[] = [];
  const refusals: Refusal[] = [];
  for (const [i, one] of cases.entries()) {
    signal.throwIfAborted();
    terminal.status(`case ${i + 1} of ${cases.length}`);
    try {
      rows.push(...(await measureCase(one, options, { ...context, journal })));
    } catch (error) {
      const sentence = refusalOf(error);
      if (sentence === null) throw error;
      refusals.push({ name: one.name, sentence });
    }
  }
  terminal.status('');
  await writeWhole(options.out, (options.format ?? (options.out.endsWith('.json') ? 'json' : 'csv')) === 'json' ? asJson(rows) : asCsv(rows));
  await writeWhole(`${options.out}.refusals.csv`, `case,reason\n${refusals.map(({ name, sentence }) => `${csvCell(name)},${csvCell(sentence)}\n`).join('')}`);
  if (options.perturb !== undefined) {
    const { agreementCsv } = await import('./extract-agreement.js');
    await writeWhole(`${options.out}.icc.csv`, agreementCsv(rows));
  }
  terminal.note(`${rows.length} region(s) of ${cases.length - refusals.length} case(s) measured, ${refusals.length} case(s) refused.`);
  for (const { name, sentence } of refusals) terminal.note(`${name}: ${sentence}`);
  if (refusals.length > 0) terminal.exitCode(EXIT_REFUSED);
}

type CaseContext = ExtractContext & { readonly journal: ExtractionJournal };

async function measureCase(one: ManifestCase, options: ExtractOptions, context: CaseContext): Promise<BatchRow[]> {
  const { settings } = context;
  const base = [await digestOf(one.image), await digestOf(one.mask), settingsText(settings), ENGINE_VERSION].join('|');
  const files = lazily(() => readCase(one.image, one.mask));
  const wanted = one.labels ?? options.label ?? [settings.preparation.label];
  const labels = wanted === 'all' ? labelsIn((await files()).mask) : wanted;
  if (labels.length === 0) throw new ImageFileError('empty-roi', 'The mask is empty: no voxel has a label.');
  const rows: BatchRow[] = [];
  for (const label of labels) {
    const table = await kept(`${base}|${label}`, files, { ...context, label });
    const repeats: FeatureTable[] = [];
    for (let k = 0; k < (options.perturb ?? 0); k++) repeats.push(await kept(`${base}|${label}|changed ${k} by ${options.seed}`, changed(files, label, `${options.seed}|${one.name}|${label}|${k}`), { ...context, label }));
    rows.push({ name: one.name, label, table, repeats });
  }
  return rows;
}

type Files = () => Promise<{ image: Volume; mask: Volume }>;

/** Read at most once, and only when something is still to be computed. */
function lazily(read: Files): Files {
  let files: ReturnType<Files> | null = null;
  return () => (files ??= read());
}

function changed(files: Files, label: number, seed: string): Files {
  return async () => {
    const [{ perturbCase }, { SeededRandom }, { image, mask }] = await Promise.all([import('@consilium/radiomics'), import('@consilium/numerics'), files()]);
    return perturbCase(image, mask, label, SeededRandom.fromSeed(seed));
  };
}

async function kept(about: string, files: Files, { journal, extractor, settings, signal, label }: CaseContext & { label: number }): Promise<FeatureTable> {
  const key = createHash('sha256').update(about).digest('hex');
  const known = journal.find(key);
  if (known) return known;
  const { image, mask } = await files();
  const table = await extractor.extract(image, mask, settings, { label, signal });
  await journal.add(key, table);
  return table;
}

function refusalOf(error: unknown): string | null {
  if (error instanceof ImageFileError) return error.message;
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOENT' ? 'The image or the mask is not there.' : code === 'EACCES' || code === 'EISDIR' ? `The image or the mask cannot be read (${code}).` : null;
}

function asCsv(rows: readonly BatchRow[]): string {
  const names = [...new Set(rows.flatMap(({ table }) => table.features.map(({ name }) => name)))];
  const lines = rows.map(({ name, label, table }) => {
    const values = new Map(table.features.map((feature) => [feature.name, feature.value]));
    return [csvCell(name), label, ...names.map((feature) => values.get(feature) ?? '')].join(',');
  });
  return `${[['case', 'label', ...names].join(','), ...lines].join('\n')}\n`;
}

const asJson = (rows: readonly BatchRow[]): string => `${JSON.stringify(rows.map(({ name, label, table }) => ({ case: name, label, ...table })), null, 1)}\n`;
