import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.js';
import type { AnalysisPlan } from './plan-schema.js';

/** The one text of a plan: canonical JSON, itself a plan that parses to the same digest. */
export const canonicalPlan = (plan: AnalysisPlan): string => canonicalJson(plan);

/** sha256 of the canonical text: what stewards approve. */
export const planDigest = (plan: AnalysisPlan): string => createHash('sha256').update(canonicalPlan(plan), 'utf8').digest('hex');
