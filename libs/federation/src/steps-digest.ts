import { createHash } from 'node:crypto';
import { z } from 'zod';
import { imageSteps } from './extract/image-steps.js';
import { siteSteps } from './site-steps.js';
import type { Step } from './step.js';

/** What a step is, as far as what travels goes: its name and version, what it may be asked and what it answers, and the rules its answer is held against. */
const described = ({ name, version, kind, parameters, contribution, disclosure }: Step): unknown => [
  name,
  version,
  kind,
  z.toJSONSchema(parameters, { unrepresentable: 'any', io: 'input' }),
  z.toJSONSchema(contribution, { unrepresentable: 'any', io: 'input' }),
  disclosure,
];

/** sha256 of the descriptions of some steps, in the order of their names and versions. */
export function digestOfSteps(steps: readonly Step[]): string {
  const sorted = [...steps].sort((a, b) => (a.name === b.name ? a.version - b.version : a.name < b.name ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted.map(described))).digest('hex');
}

let known: string | undefined;

/** All steps that an agent of this release runs. */
export const agentSteps = (): readonly Step[] => [...siteSteps.map(({ step }) => step), ...imageSteps];

/** The digest of all steps that a site of this release runs. A plan may name it: then no site of another release answers. */
export const stepsDigest = (): string => (known ??= digestOfSteps(agentSteps()));
