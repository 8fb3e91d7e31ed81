import { epsilonOfCost } from '@consilium/statistics';
import { existingSiteFolder, makeFolders } from '../folder/site-folder.js';
import { readSettings } from '../settings/agent-settings.js';
import { PrivacyBudget, type BudgetLimits } from './privacy-budget.js';

export interface BudgetAtSite {
  readonly limits: BudgetLimits;
  /** False after a restoration, or where a record is damaged: then no private answer is given. */
  readonly isKnown: boolean;
  readonly studies: readonly { readonly study: string; readonly answers: number; readonly epsilon: number }[];
}

/** What each study has used of the site's privacy budget. `confirm`: no private answer left between the last backup and its restoration. */
export async function listBudget(root: string, { confirm = false }: { readonly confirm?: boolean } = {}): Promise<BudgetAtSite> {
  const folder = existingSiteFolder(root);
  await makeFolders(folder);
  if (confirm) await PrivacyBudget.confirmUnchanged(folder.privacy);
  const limits = readSettings(folder).privacyBudget;
  const budget = await PrivacyBudget.open(folder.privacy);
  const studies = budget.studies().map(({ study, answers, cost }) => ({ study, answers, epsilon: epsilonOfCost(cost, limits.delta) }));
  return { limits, isKnown: budget.isKnown, studies };
}
