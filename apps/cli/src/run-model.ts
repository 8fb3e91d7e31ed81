import { writeFile } from 'node:fs/promises';
import { onnxOfChain } from '@consilium/learning/onnx';
import { modelFileDigest, modelsOfFile, parseModelFile } from '@consilium/study';
import { client } from './centre-actions.js';
import { CommandRefused } from './refusal.js';
import type { ModelOptions } from './run-commands.js';
import type { Terminal } from './terminal.js';

/** A model of a closed run: the signed file, and if wanted its card and its ONNX form. */
export async function model(run: string, name: string, { out, onnx, card, signsSeen, withdrawalsSeen, ...session }: ModelOptions, terminal: Terminal): Promise<void> {
  const text = await (await client(session)).getText(`/api/runs/${encodeURIComponent(run)}/models/${encodeURIComponent(name)}?signsSeen=${signsSeen === true}&withdrawalsSeen=${withdrawalsSeen === true}`);
  const file = parseModelFile(text);
  if (file === null) throw new CommandRefused('The coordinator gave a model that this release cannot evaluate. Update the command line.');
  await writeFile(out, text);
  const { content } = file;
  const digest = modelFileDigest(content);
  if (card !== undefined) await writeFile(card, `${JSON.stringify(content.card, null, 2)}\n`);
  if (onnx !== undefined) await writeFile(onnx, onnxOfChain(modelsOfFile(content)!, { model: name, digest, notice: content.notice }));
  terminal.out(`Model ${name} (${digest.slice(0, 12)}), signed by the coordinating centre, reads ${content.inputs.features.length} columns.`);
  terminal.out(content.notice);
}
