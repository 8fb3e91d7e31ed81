import { extractionEngine, settingsDigest } from '@consilium/federation';
import { columnNumbers } from '@consilium/federation/site';
import { ChainedLog } from '@consilium/operations';
import { agentErrors, ConsiliumError, modelStatement } from '@consilium/protocol';
import { verifySignature } from '@consilium/secure-channel';
import { type ModelFileContent, modelFileDigest, modelsOfFile, parseModelFile, predictRows, type RowPrediction } from '@consilium/study';
import { parseTable, type DataDictionary, type Table } from '@consilium/tables';
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readEnrolment } from '../enrolment/enrolment.js';
import { existingSiteFolder } from '../folder/site-folder.js';

export interface PredictRequest {
  /** The text of a signed model file. */
  readonly model: string;
  readonly table: Uint8Array;
  readonly dictionary?: DataDictionary;
  /** Its column of pseudonyms, where its name does not say so. */
  readonly idColumn?: string;
  /** The parameter file that made the features of each sequence, as text. */
  readonly settings?: ReadonlyMap<string, string>;
  readonly now?: () => Date;
}

export interface TablePrediction {
  readonly content: ModelFileContent;
  readonly pseudonyms: readonly string[];
  readonly rows: readonly RowPrediction[];
  /** The predictions as CSV; its sha256 stands in the site's record of predictions. */
  readonly csv: string;
  /** Patients of the table whose outcome was known already. */
  readonly outcomesKnown: number;
}

const PURPOSE = 'predictions';

/**
 * Predicts for the patients of a table by a model that the site's coordinating centre has signed. Refuses (E330) a file that is none or is signed by
 * someone else, features made by another engine or other settings, and a model that reads what only a study has. Before the answer, the time,
 * the model and the digest of the predictions go into the site's chained record: an outcome noted later can be shown to be later. The record
 * holds no patient and no prediction.
 */
export async function predictTable(root: string, request: PredictRequest): Promise<TablePrediction> {
  const folder = existingSiteFolder(root);
  const content = trusted(request.model, readEnrolment(folder).coordinatorKey);
  requireSameInputs(content, request.settings ?? new Map());
  const { table, issues } = parseTable(request.table, { dictionary: request.dictionary, ...(request.idColumn === undefined ? {} : { idColumn: request.idColumn }) });
  const used = new Set(content.inputs.features.flatMap((name) => [name, name.split('=')[0]!]));
  const issue = issues.find(({ severity, column }) => severity === 'error' && (column === undefined || used.has(column)));
  if (issue) throw refused(`The table cannot be used: ${issue.sentence}`);
  const rows = predictRows(content, modelsOfFile(content)!, (feature) => columnNumbers(table, feature), table.pseudonyms.length);
  const csv = csvOf(table.pseudonyms, rows);
  const outcomesKnown = knownOutcomes(table, content);
  await mkdir(dirname(folder.predictions), { recursive: true, mode: 0o700 });
  const log = await ChainedLog.open<Record<string, unknown>>(folder.predictions, PURPOSE);
  try {
    await log.append({
      at: (request.now ?? (() => new Date()))().toISOString(),
      model: modelFileDigest(content),
      table: sha256(request.table),
      predictions: sha256(csv),
      patients: rows.length,
      predicted: rows.filter(({ probability }) => probability !== null).length,
      outsideTrainingRange: rows.filter(({ outside }) => outside.length > 0).length,
      outcomesKnown,
    });
  } finally {
    await log.close();
  }
  return { content, pseudonyms: table.pseudonyms, rows, csv, outcomesKnown };
}

const refused = (sentence: string) => new ConsiliumError(agentErrors.modelUnusable, `${sentence} Nothing was predicted.`);

function trusted(text: string, coordinatorKey: string): ModelFileContent {
  const file = parseModelFile(text);
  if (file === null) throw refused('The file is no model that this release can evaluate.');
  const { content, signature } = file;
  const { purpose, message } = modelStatement(modelFileDigest(content));
  if (signature.publicKey !== coordinatorKey || !verifySignature({ publicKey: coordinatorKey, purpose, message, signature: signature.signature })) {
    throw refused('The model is not signed by the coordinating centre of this site, or was changed after it was signed.');
  }
  return content;
}

/** Features count as the model's only when the same engine made them by the same settings. */
function requireSameInputs({ inputs }: ModelFileContent, settings: ReadonlyMap<string, string>): void {
  if (inputs.ownSiteScale) throw refused("The model reads columns on each site's own scale, which only a study has.");
  if (inputs.extraction === null) return;
  if (inputs.extraction.engine !== extractionEngine) throw refused(`The model's features were made with ${inputs.extraction.engine}; this release has ${extractionEngine}.`);
  for (const { sequence, settings: digest, intensity } of inputs.extraction.sequences) {
    if (intensity !== undefined) throw refused(`The model's features of ${sequence} were made of images whose intensities the study brought to a scale (${intensity}), which only a study's extraction does.`);
    const own = settings.get(sequence);
    if (own === undefined) throw refused(`The model reads features of ${sequence}. Name the parameter file that made them.`);
    if (settingsDigest(`${own.replace(/\r\n?/g, '\n').trimEnd()}\n`) !== digest) throw refused(`The features of ${sequence} were made by other settings than the model's.`);
  }
}

function knownOutcomes({ columns }: Table, { card }: ModelFileContent): number {
  const name = (card as { outcome?: { column?: string } } | null)?.outcome?.column;
  const cells = name === undefined ? undefined : columns.get(name);
  if (cells === undefined) return 0;
  return cells.kind === 'number' ? cells.values.filter((x) => !Number.isNaN(x)).length : cells.codes.filter((code) => code >= 0).length;
}

function csvOf(pseudonyms: readonly string[], rows: readonly RowPrediction[]): string {
  const cell = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = rows.map(({ probability, outside, missing }, i) => [pseudonyms[i]!, probability === null ? '' : String(probability), outside.join(';'), missing.join(';')].map(cell).join(','));
  return `${['id,probability,outside_training_range,missing', ...lines].join('\n')}\n`;
}

const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');
