import type { DataSource } from 'typeorm';
import { ConsiliumError, coordinatorErrors } from '@consilium/protocol';
import { parsePlan, type AnalysisPlan } from '@consilium/study';
import { Plan } from './plan.entity.js';

export interface ApprovedPlan {
  readonly digest: string;
  readonly plan: AnalysisPlan;
}

/** The plan of a stored digest, parsed from its canonical text; refused where the text no longer has that digest. */
export async function approvedPlan(database: DataSource, digest: string): Promise<ApprovedPlan> {
  const stored = await database.getRepository(Plan).findOneBy({ digest });
  if (!stored) throw new ConsiliumError(coordinatorErrors.notFound, `There is no plan ${digest.slice(0, 12)}.`);
  const parsed = parsePlan(stored.text);
  if ('problems' in parsed || parsed.digest !== digest) {
    throw new ConsiliumError(
      coordinatorErrors.planMistaken,
      `The stored text of plan ${digest.slice(0, 12)} is not what was approved. Nothing was asked of a site.`,
    );
  }
  return { digest, plan: parsed.plan };
}

const unitMilliseconds: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** '12 hours' as milliseconds. */
export function deadlineMilliseconds({ deadline }: Pick<AnalysisPlan, 'deadline'>): number {
  const [count, unit] = deadline.split(' ');
  return Number(count) * unitMilliseconds[(unit ?? '').replace(/s$/, '')]!;
}
