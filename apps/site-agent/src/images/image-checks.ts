import type { AnalysisPlan } from '@consilium/study';
import { problem, warning, well, type Finding } from '../doctor/finding.js';
import { settingsProblem } from '../extraction/read-settings.js';
import type { AgentSettings } from '../settings/agent-settings.js';
import { openImageSource, type ImageSource, type NoCase } from './image-source.js';

/** How many of the patients have an image and a mask of a sequence, and why others have not. */
function countCases(source: ImageSource, sequence: string, patients: readonly string[]): { readonly complete: number; readonly lacking: ReadonlyMap<NoCase, number> } {
  const lacking = new Map<NoCase, number>();
  let complete = 0;
  for (const patient of patients) {
    const found = source.find(patient, sequence);
    if (typeof found === 'string') lacking.set(found, (lacking.get(found) ?? 0) + 1);
    else complete++;
  }
  return { complete, lacking };
}

const WHAT: Readonly<Record<NoCase, string>> = { 'no-image': 'have no image', 'no-mask': 'have an image and no mask', 'outside-folder': 'have files that lie outside the image folder' };

const lackingText = (lacking: ReadonlyMap<NoCase, number>): string => [...lacking].map(([kind, count]) => `${count} ${WHAT[kind]}`).join(', ');

/** The doctor's look at the images: sequence by sequence, for the patients of the tables. Nothing where the site names none. */
export function checkImages(root: string, { images }: AgentSettings, patients: readonly string[]): Finding[] {
  if (images === null) return [];
  const source = openImageSource(root, images);
  if (source.problems.length > 0) return source.problems.map((sentence) => problem('images', sentence, 'Correct images in agent.json, or the manifest.'));
  const sequences = source.sequences();
  if (sequences.length === 0) return [problem('images', 'No image follows the pattern of agent.json.', 'Compare the folders with images.image in agent.json: {patient} is the identifier of the table.')];
  return sequences.map((sequence): Finding => {
    const { complete, lacking } = countCases(source, sequence, patients);
    const sentence = `${sequence}: ${complete} of ${patients.length} patients have an image and a mask.`;
    if (lacking.size === 0) return well('images', sentence);
    return warning('images', `${sentence} ${lackingText(lacking)}.`, 'Add the missing files, or know that these patients are left out of plans that read the sequence.');
  });
}

/** What a steward should know of the images before approving a plan that reads them. */
export function checkImageFit(plan: AnalysisPlan, root: string, { images }: AgentSettings, patients: readonly string[]): { readonly problems: string[]; readonly warnings: string[] } {
  if (!plan.extract) return { problems: [], warnings: [] };
  if (images === null) return { problems: ['The plan extracts features from images, and agent.json names no images.'], warnings: [] };
  const source = openImageSource(root, images);
  const problems = [...source.problems];
  const warnings: string[] = [];
  for (const { sequence, settings } of plan.extract.sequences) {
    const mistaken = settingsProblem(sequence, settings);
    if (mistaken !== null) problems.push(mistaken);
    const { complete, lacking } = countCases(source, sequence, patients);
    if (complete === 0) problems.push(`No patient of the table has an image and a mask of ${sequence}.`);
    else if (lacking.size > 0) warnings.push(`Of ${patients.length} patients, ${lackingText(lacking)} of ${sequence}. They are left out.`);
  }
  return { problems, warnings };
}
