import { columnNumbers } from '@consilium/federation/site';
import { type ModelFileContent, modelFileDigest, modelsOfFile, predictRows, type RowPrediction } from '@consilium/study';
import type { Table } from '@consilium/tables';
import { existingSiteFolder } from '../folder/site-folder.js';
import { type ModelRequest, recordOfModels, sha256, usableModel } from './usable-model.js';

export interface TablePrediction {
  readonly content: ModelFileContent;
  readonly pseudonyms: readonly string[];
  readonly rows: readonly RowPrediction[];
  /** The predictions as CSV; its sha256 stands in the site's record of predictions. */
  readonly csv: string;
  /** Patients of the table whose outcome was known already. */
  readonly outcomesKnown: number;
}

/**
 * Predicts for the patients of a table by a model that the site's coordinating centre has signed, or the site itself. Refuses (E330) a file that is none or is signed by
 * someone else, features made by another engine or other settings, and a model that reads what only a study has. Before the answer, the time,
 * the model and the digest of the predictions go into the site's chained record: an outcome noted later can be shown to be later. The record
 * holds no patient and no prediction.
 */
export async function predictTable(root: string, request: ModelRequest): Promise<TablePrediction> {
  const folder = existingSiteFolder(root);
  const { content, table } = await usableModel(folder, request);
  const rows = predictRows(content, modelsOfFile(content)!, (feature) => columnNumbers(table, feature), table.pseudonyms.length);
  const csv = csvOf(table.pseudonyms, rows);
  const outcomesKnown = knownOutcomes(table, content);
  await recordOfModels(folder, {
    at: (request.now ?? (() => new Date()))().toISOString(),
    model: modelFileDigest(content),
    table: sha256(request.table),
    predictions: sha256(csv),
    patients: rows.length,
    predicted: rows.filter(({ probability }) => probability !== null).length,
    outsideTrainingRange: rows.filter(({ outside }) => outside.length > 0).length,
    outcomesKnown,
  });
  return { content, pseudonyms: table.pseudonyms, rows, csv, outcomesKnown };
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
