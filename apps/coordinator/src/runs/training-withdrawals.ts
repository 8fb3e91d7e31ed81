import type { WithdrawalsMessage } from '@consilium/protocol';
import { modelsOf, parsePlan } from '@consilium/study';
import type { DataSource } from 'typeorm';
import type { AuditRecord } from '../audit/audit-record.js';
import type { Clock } from '../clock.js';
import { Plan } from '../plans/plan.entity.js';
import { Run } from './run.entity.js';
import { TrainingWithdrawal } from './training-withdrawal.entity.js';

export type WithdrawalsOfSite = Pick<TrainingWithdrawal, 'site' | 'atLeast' | 'below' | 'toldAt'>;

/** What the models of a run rest on. */
export interface RunLineage {
  readonly run: string;
  readonly plan: string;
  readonly models: readonly string[];
  readonly results: string | null;
  readonly sites: readonly string[];
  /** Sites among whose training rows are patients who withdrew their consent since. */
  readonly withdrawn: readonly WithdrawalsOfSite[];
}

/** Which runs, and so which models, trained on patients who withdrew their consent since: as their sites say it, in steps of each site's minimum count. */
export class TrainingWithdrawals {
  constructor(
    private readonly database: DataSource,
    private readonly audit: AuditRecord,
    private readonly clock: Clock,
  ) {}

  /** Takes all that a site says in place of what it said before. Runs that are unknown here, as after an old backup, are passed by. */
  async take(site: string, { runs }: Pick<WithdrawalsMessage, 'runs'>): Promise<void> {
    const { database, audit, clock } = this;
    const known = new Set((await database.getRepository(Run).createQueryBuilder('run').select('run.id').where('run.sites @> to_jsonb(:site::text)', { site }).getMany()).map(({ id }) => id));
    const told = runs.filter(({ run }) => known.has(run)).map(({ run, patients }) => ({ run, site, ...patients, toldAt: clock.now() }));
    const before = await database.getRepository(TrainingWithdrawal).findBy({ site });
    const same = (a: Omit<TrainingWithdrawal, 'toldAt'>, b: Omit<TrainingWithdrawal, 'toldAt'>) => a.run === b.run && a.atLeast === b.atLeast && a.below === b.below;
    const fresh = told.filter((one) => !before.some((other) => same(one, other)));
    const gone = before.filter((one) => !told.some(({ run }) => run === one.run));
    await database.transaction(async (manager) => {
      for (const { run } of gone) await manager.delete(TrainingWithdrawal, { run, site });
      if (fresh.length > 0) await manager.save(TrainingWithdrawal, fresh);
      for (const { run, atLeast, below } of fresh) await audit.add(manager, { actor: `site ${site}`, action: 'patients of a training withdrew consent', subject: run, detail: { atLeast, below } });
      for (const { run } of gone) await audit.add(manager, { actor: `site ${site}`, action: 'no patient of a training is withdrawn any more', subject: run });
    });
  }

  of(run: string): Promise<WithdrawalsOfSite[]> {
    return this.database.getRepository(TrainingWithdrawal).find({ where: { run }, select: { site: true, atLeast: true, below: true, toldAt: true }, order: { site: 'ASC' } });
  }

  async lineage({ id, plan, results, sites }: Run): Promise<RunLineage> {
    const { text } = await this.database.getRepository(Plan).findOneByOrFail({ digest: plan });
    const parsed = parsePlan(text);
    return { run: id, plan, models: 'plan' in parsed ? modelsOf(parsed.plan) : [], results, sites, withdrawn: await this.of(id) };
  }
}
