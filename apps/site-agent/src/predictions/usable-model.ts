import { extractionEngine, settingsDigest } from '@consilium/federation';
import { ChainedLog } from '@consilium/operations';
import { agentErrors, ConsiliumError, modelStatement } from '@consilium/protocol';
import { loadIdentity, verifySignature } from '@consilium/secure-channel';
import { type ModelFileContent, modelFileDigest, parseModelFile } from '@consilium/study';
import { parseTable, type DataDictionary, type Table } from '@consilium/tables';
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readEnrolment } from '../enrolment/enrolment.js';
import type { SiteFolder } from '../folder/site-folder.js';

export interface ModelRequest {
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

export const refused = (sentence: string) => new ConsiliumError(agentErrors.modelUnusable, `${sentence} Nothing was written.`);

/** A model that the site trusts, and a table whose columns are those that it reads. E330 otherwise. */
export async function usableModel(folder: SiteFolder, request: ModelRequest): Promise<{ readonly content: ModelFileContent; readonly table: Table }> {
  const content = trusted(request.model, [readEnrolment(folder).coordinatorKey, (await loadIdentity(folder.identity)).publicKey]);
  requireSameInputs(content, request.settings ?? new Map());
  const { table, issues } = parseTable(request.table, { dictionary: request.dictionary, ...(request.idColumn === undefined ? {} : { idColumn: request.idColumn }) });
  const used = new Set(content.inputs.features.flatMap((name) => [name, name.split('=')[0]!]));
  const issue = issues.find(({ severity, column }) => severity === 'error' && (column === undefined || used.has(column)));
  if (issue) throw refused(`The table cannot be used: ${issue.sentence}`);
  return { content, table };
}

/** Signed by the coordinating centre, or by the site itself, which updates models for its own patients. */
function trusted(text: string, keys: readonly string[]): ModelFileContent {
  const file = parseModelFile(text);
  if (file === null) throw refused('The file is no model that this release can evaluate.');
  const { content, signature: { publicKey, signature } } = file;
  const { purpose, message } = modelStatement(modelFileDigest(content));
  if (!keys.includes(publicKey) || !verifySignature({ publicKey, purpose, message, signature })) {
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

const PURPOSE = 'predictions';

/** Adds to the site's chained record of what was done with models. */
export async function recordOfModels(folder: SiteFolder, entry: Record<string, unknown>): Promise<void> {
  await mkdir(dirname(folder.predictions), { recursive: true, mode: 0o700 });
  const log = await ChainedLog.open<Record<string, unknown>>(folder.predictions, PURPOSE);
  try {
    await log.append(entry);
  } finally {
    await log.close();
  }
}

export const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');
