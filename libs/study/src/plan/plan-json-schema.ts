import { z } from 'zod';
import { planSchema } from './plan-schema.js';

/** The published JSON schema of a plan, as people write it: what editors complete and check against. */
export function planJsonSchema(): string {
  const schema = z.toJSONSchema(planSchema, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' });
  return `${JSON.stringify({ title: 'Consilium analysis plan', ...schema }, null, 2)}\n`;
}
