import { disclosureLimits, growOptions } from '@consilium/federation';
import type { DisclosureProfile } from '@consilium/protocol';
import type { PlanModel } from './model-kinds.js';
import type { Candidate } from './pipeline-schema.js';
import type { PathProblem, PlanPath } from './plan-issues.js';

/** Trees of single sites whose leaves the plan's own profile would keep there. */
export function localLeaves(disclosure: DisclosureProfile, path: PlanPath, model: PlanModel | Candidate): PathProblem[] {
  if (model.kind !== 'merged-trees') return [];
  const { minimumCell } = disclosureLimits[disclosure];
  const { minimumLeaf } = growOptions(model.grow).settings;
  return minimumLeaf >= minimumCell ? [] : [{ path: [...path, 'grow'], sentence: `Leaves of ${minimumLeaf} patients do not leave a site under ${disclosure}. Set grow.settings.minimumLeaf to at least ${minimumCell}.` }];
}
