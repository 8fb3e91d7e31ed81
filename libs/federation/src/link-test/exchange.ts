import { z } from 'zod';
import { block, type SumStep } from '../step.js';

export type LinkTestParameters = { readonly values: Float64Array };
export type LinkTestSums = { readonly values: Float64Array };

const values = z.strictObject({ values: block() });

/** A site's echo: the numbers it was sent, and nothing of its own. */
export const linkEcho: SumStep<LinkTestParameters, LinkTestSums> = {
  name: 'link-test/echo',
  version: 1,
  kind: 'sum',
  parameters: values,
  contribution: values,
  disclosure: { kind: 'sum', limits: ['patients'] },
  echoes: true,
};
