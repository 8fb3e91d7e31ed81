import { readFileSync } from 'node:fs';
import { ImageFileError, type Volume } from '@consilium/imaging';
import { describeProblem, Extractor, ParameterFileError, parseParameterFile, type ExtractionSettings, type FeatureTable } from '@consilium/radiomics';
import { compileLess } from './engine-flags.js';
import type { ExtractOptions } from './extract-command.js';
import { labelsIn, readCase, tablesAsCsv, tablesAsJson, writeWhole, type LabelledTable } from './extract-files.js';
import { ManifestError } from './extract-manifest.js';
import { EXIT_REFUSED, EXIT_USAGE, type Terminal } from './terminal.js';

/** Runs `consilium extract`; a refusal becomes a sentence and an exit code. */
export async function runExtract(options: ExtractOptions, terminal: Terminal): Promise<void> {
  const mistake = misuse(options);
  if (mistake) return refuse(terminal, mistake, EXIT_USAGE);
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt);
  if (options.threads > 1) compileLess();
  // Its threads come up while settings and images are read.
  const extractor = new Extractor(options.threads);
  try {
    const settings = readSettings(options.settings, terminal);
    if (options.batch !== undefined) {
      const { runBatch } = await import('./extract-batch.js');
      await runBatch({ ...options, batch: options.batch }, { settings, extractor, terminal, signal: stop.signal });
    } else await extractOne(options as ExtractOptions & { image: string; mask: string }, { settings, extractor, terminal, signal: stop.signal });
  } catch (error) {
    explain(error, terminal, stop.signal);
  } finally {
    await extractor.close();
    process.off('SIGINT', interrupt);
  }
}

export interface ExtractContext {
  readonly settings: ExtractionSettings;
  readonly extractor: Extractor;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

function misuse({ image, mask, batch, perturb }: ExtractOptions): string | null {
  if (batch === undefined && (image === undefined || mask === undefined)) return 'Give --image and --mask, or --batch. Nothing was done.';
  if (batch !== undefined && (image !== undefined || mask !== undefined)) return 'Give --image and --mask, or --batch, not both. Nothing was done.';
  if (perturb !== undefined && batch === undefined) return 'An intraclass correlation compares cases: --perturb needs --batch with two cases or more. Nothing was done.';
  return null;
}

/** A small file, read at once: while threads start, a file that is waited for comes late. */
function readSettings(path: string, terminal: Terminal): ExtractionSettings {
  const { settings, warnings } = parseParameterFile(readFileSync(path, 'utf8'));
  for (const warning of warnings) terminal.note(`Settings, ${describeProblem(warning)}`);
  return settings;
}

async function extractOne(options: ExtractOptions & { image: string; mask: string }, context: ExtractContext): Promise<void> {
  const { image, mask } = await readCase(options.image, options.mask);
  const tables = await extractLabels(image, mask, options.label, context);
  const format = options.format ?? (options.out.endsWith('.json') ? 'json' : 'csv');
  await writeWhole(options.out, format === 'csv' ? tablesAsCsv(tables) : tablesAsJson(tables, {}));
  for (const { label, table } of tables) tellAbout(table, label, context.terminal);
}

/** The tables of the labels asked for, one after another. */
export async function extractLabels(image: Volume, mask: Volume, wanted: ExtractOptions['label'], { settings, extractor, terminal, signal }: ExtractContext): Promise<LabelledTable[]> {
  const labels = wanted === 'all' ? labelsIn(mask) : (wanted ?? [settings.preparation.label]);
  if (labels.length === 0) throw new ImageFileError('empty-roi', 'The mask is empty: no voxel has a label.');
  const tables: LabelledTable[] = [];
  for (const [i, label] of labels.entries()) {
    const onProgress = (done: number, total: number) => terminal.status(done === total ? '' : `label ${label}: ${done} of ${total} image types`);
    const table = await extractor.extract(image, mask, settings, { label, onProgress, signal, last: i === labels.length - 1 });
    tables.push({ label: labels.length > 1 || wanted === 'all' ? label : null, table });
  }
  return tables;
}

function tellAbout({ notes, features }: FeatureTable, label: number | null, terminal: Terminal): void {
  const where = label === null ? '' : `label ${label}: `;
  for (const note of notes) terminal.note(where + note);
  const reasons = new Map<string, number>();
  for (const { reason } of features) if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  for (const [reason, count] of reasons) terminal.note(`${where}${count} figure(s) have no value: ${reason}.`);
  const degenerate = features.filter(({ flag }) => flag === 'degenerate').length;
  if (degenerate > 0) terminal.note(`${where}${degenerate} figure(s) are conventions, because the region has a single grey level.`);
}

function explain(error: unknown, terminal: Terminal, signal: AbortSignal): void {
  if (signal.aborted) return refuse(terminal, 'Stopped. Nothing was written for the case in work.', 130);
  if (error instanceof ImageFileError) return refuse(terminal, `${error.message} Nothing was written.`, EXIT_REFUSED);
  if (error instanceof ParameterFileError) return refuse(terminal, `The settings cannot be used:\n${error.message}\nNothing was done.`, EXIT_USAGE);
  if (error instanceof ManifestError) return refuse(terminal, `${error.message} Nothing was done.`, EXIT_USAGE);
  if (isFileError(error)) return refuse(terminal, `${error.path} cannot be used (${error.code}). Nothing was done.`, EXIT_USAGE);
  throw error;
}

const isFileError = (error: unknown): error is Error & { code: string; path: string } =>
  error instanceof Error && 'code' in error && 'path' in error && typeof error.code === 'string' && typeof error.path === 'string';

function refuse(terminal: Terminal, sentence: string, code: number): void {
  terminal.status('');
  terminal.note(sentence);
  terminal.exitCode(code);
}
