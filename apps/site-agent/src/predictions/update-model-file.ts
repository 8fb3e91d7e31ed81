import type { UpdateMethod } from '@consilium/federation';
import { columnNumbers } from '@consilium/federation/site';
import { modelStatement } from '@consilium/protocol';
import { loadIdentity } from '@consilium/secure-channel';
import { modelFileDigest, modelFileText, modelsOfFile, updateModel, type UpdatedModel } from '@consilium/study';
import { existingSiteFolder } from '../folder/site-folder.js';
import { type ModelRequest, recordOfModels, refused, sha256, usableModel } from './usable-model.js';

export interface ModelFileUpdate extends UpdatedModel {
  /** The updated model file, signed by the site. */
  readonly text: string;
}

/**
 * A model brought to the patients of a table, whose outcomes are known: its event rate, also the strength of its predictions, or its coefficients anew. Nothing leaves the site. The file is signed
 * with the site's own key, so that this site predicts by it and no other does; what was done goes into the site's chained record. E330 where the model or the table cannot be used, or the patients
 * are too few.
 */
export async function updateModelFile(root: string, request: ModelRequest & { readonly method: UpdateMethod }): Promise<ModelFileUpdate> {
  const folder = existingSiteFolder(root);
  const { content, table } = await usableModel(folder, request);
  const outcome = (content.card as { outcome?: { column?: string; event?: string | number } } | null)?.outcome;
  if (outcome?.column === undefined || !table.columns.has(outcome.column)) throw refused(`The table has no outcome${outcome?.column === undefined ? '' : ` ${outcome.column}`} to update on.`);
  const { column, event = 1 } = outcome;
  const updated = updateModel(content, modelsOfFile(content)!, { column: (feature) => columnNumbers(table, feature), outcome: columnNumbers(table, event === 1 ? column : `${column}=${event}`) }, request.method);
  if ('refusal' in updated) throw refused(updated.refusal);
  const identity = await loadIdentity(folder.identity);
  const { purpose, message } = modelStatement(modelFileDigest(updated.content));
  const text = modelFileText({ content: updated.content, signature: { publicKey: identity.publicKey, signature: identity.signText(purpose, message) } });
  await recordOfModels(folder, {
    at: (request.now ?? (() => new Date()))().toISOString(),
    model: modelFileDigest(content),
    updated: message,
    method: request.method,
    table: sha256(request.table),
    patients: updated.patients,
    events: updated.events,
  });
  return { ...updated, text };
}
