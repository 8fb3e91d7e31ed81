import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { ConsiliumError, coordinatorErrors, PRODUCT_VERSION, PROTOCOL_VERSION } from '@consilium/protocol';
import type { AuditRecord } from '../audit/audit-record.js';
import type { Clock } from '../clock.js';
import { siteSetAt } from '../federation/site-sets.js';
import { approvedPlan, deadlineMilliseconds } from '../plans/approved-plan.js';
import type { PlansService } from '../plans/plans.service.js';
import { select } from '../sql.js';
import type { RunSupervisor } from './run-supervisor.js';
import type { RunTransitions, Transition } from './run-transitions.js';
import { Run } from './run.entity.js';
import { RunSiteSet } from './run-site-set.entity.js';

export interface RunServiceParts {
  readonly database: DataSource;
  readonly audit: AuditRecord;
  readonly clock: Clock;
  readonly plans: PlansService;
  readonly transitions: RunTransitions;
  readonly supervisor: RunSupervisor;
  readonly announce: (run: Run) => Promise<void>;
}

/** What people may do to runs. */
export class RunsService {
  constructor(private readonly parts: RunServiceParts) {}

  list(): Promise<Run[]> {
    return this.parts.database.getRepository(Run).find({ order: { launchedAt: 'ASC' } });
  }

  /** A run by its id or an unambiguous beginning of it. */
  async find(id: string): Promise<Run> {
    const found = /^[0-9a-f]{4,64}$/.test(id)
      ? await this.parts.database.getRepository(Run).createQueryBuilder('run').where('starts_with(run.id, :id)', { id }).limit(2).getMany()
      : [];
    if (found.length !== 1)
      throw new ConsiliumError(
        coordinatorErrors.notFound,
        `${found.length === 0 ? 'No run begins' : 'More than one run begins'} with ${id.slice(0, 64)}.`,
      );
    return found[0]!;
  }

  async show(id: string): Promise<Run & { siteSets: RunSiteSet[]; rounds: { open: number; closed: number } }> {
    const run = await this.find(id);
    const siteSets = await this.parts.database.getRepository(RunSiteSet).find({ where: { run: run.id }, order: { generation: 'ASC' } });
    const [rounds] = await select<{ open: number; closed: number }>(
      this.parts.database,
      `SELECT count(*) FILTER (WHERE state IN ('open', 'paused'))::int AS open, count(*) FILTER (WHERE state = 'closed')::int AS closed FROM round WHERE run = $1`,
      [run.id],
    );
    return { ...run, siteSets, rounds: rounds ?? { open: 0, closed: 0 } };
  }

  async launch(digest: string, actor: string): Promise<Run> {
    const { database, audit, clock, plans, supervisor } = this.parts;
    const plan = await plans.find(digest);
    if (!plan.signature)
      throw new ConsiliumError(
        coordinatorErrors.notApproved,
        `Plan ${plan.digest.slice(0, 12)} is not signed, so no site has seen it. No run was launched.`,
      );
    await this.demandApproval(plan.digest, plan.sites);
    const run = database.getRepository(Run).create({
      id: randomBytes(8).toString('hex'),
      plan: plan.digest,
      study: plan.study,
      sites: plan.sites,
      state: 'open',
      reason: null,
      code: null,
      epoch: 0,
      productVersion: PRODUCT_VERSION,
      protocolVersion: PROTOCOL_VERSION,
      launchedBy: actor,
      launchedAt: clock.now(),
      endedAt: null,
      results: null,
      record: null,
    });
    await database.transaction(async (manager) => {
      await manager.insert(Run, run);
      await manager.insert(RunSiteSet, { run: run.id, generation: 0, fromStage: 0, sites: plan.sites, decidedBy: actor, decidedAt: run.launchedAt });
      await audit.add(manager, { actor, action: 'run launched', subject: run.id, detail: { plan: plan.digest, sites: plan.sites } });
    });
    supervisor.nudge();
    return run;
  }

  async pause(id: string, actor: string): Promise<Run> {
    return this.move(await this.find(id), 'paused', {
      actor,
      action: 'run paused',
      reason: `Paused by ${actor}. Resume when ready; contributions are safe at their sites.`,
    });
  }

  async cancel(id: string, actor: string): Promise<Run> {
    return this.move(await this.find(id), 'cancelled', {
      actor,
      action: 'run cancelled',
      reason: `Cancelled by ${actor}. The sites may delete what was not settled.`,
    });
  }

  /** Goes on waiting, with the deadline begun anew; or begins the stage again without sites, if the quorum allows. */
  async resume(id: string, without: readonly string[], actor: string): Promise<Run> {
    const run = await this.find(id);
    const { plan } = await approvedPlan(this.parts.database, run.plan);
    const sets = await this.parts.database.getRepository(RunSiteSet).findBy({ run: run.id });
    const present = siteSetAt(sets, Number.POSITIVE_INFINITY).sites;
    const sites = present.filter((site) => !without.includes(site));
    const strangers = without.filter((site) => !present.includes(site));
    if (strangers.length > 0)
      throw new ConsiliumError(
        coordinatorErrors.notFound,
        `${strangers.join(', ')} ${strangers.length === 1 ? 'is' : 'are'} not in the run. Nothing was changed.`,
      );
    if (without.length > 0 && (sites.length < plan.quorum || sites.length === 0)) {
      throw new ConsiliumError(
        coordinatorErrors.belowQuorum,
        `${sites.length} of the ${plan.quorum} sites that the plan demands would remain. The run keeps waiting.`,
      );
    }
    await this.demandApproval(run.plan, sites);
    const changed = await this.parts.transitions.apply(
      {
        run: run.id,
        to: 'open',
        reason: null,
        act: { actor, action: 'run resumed', subject: run.id, detail: without.length > 0 ? { without, sites } : {} },
      },
      async (manager) => {
        if (without.length > 0) await this.parts.transitions.leaveOut(manager, { run: run.id, sites, by: actor });
        await this.parts.transitions.renewDeadlines(manager, run.id, deadlineMilliseconds(plan));
      },
    );
    if (!changed)
      throw new ConsiliumError(coordinatorErrors.stateForbids, `Run ${run.id} is ${run.state}; only a paused run is resumed. Nothing was changed.`);
    this.parts.supervisor.nudge();
    return this.find(run.id);
  }

  /** The same plan from its beginning, as a new run; the old one is cancelled if it has not ended. */
  async restart(id: string, actor: string): Promise<Run> {
    const run = await this.find(id);
    if (run.state === 'open' || run.state === 'paused') await this.cancel(run.id, actor);
    return this.launch(run.plan, actor);
  }

  /** A steward no longer allows a plan: its runs wait. */
  async withdrawn(plan: string, site: string): Promise<void> {
    const runs = await this.parts.database.getRepository(Run).findBy({ plan, state: 'open' });
    for (const run of runs) {
      await this.move(run, 'paused', {
        actor: `site ${site}`,
        action: 'run paused',
        reason: `${site} no longer approves the plan. The run waits; resume when it is approved again, or resume without the site.`,
      });
    }
  }

  private async move(
    run: Run,
    to: Transition['to'],
    why: { readonly actor: string; readonly action: string; readonly reason: string },
  ): Promise<Run> {
    const changed = await this.parts.transitions.apply({
      run: run.id,
      to,
      reason: why.reason,
      act: { actor: why.actor, action: why.action, subject: run.id, detail: { reason: why.reason } },
    });
    if (!changed) throw new ConsiliumError(coordinatorErrors.stateForbids, `Run ${run.id} is ${run.state}. Nothing was changed.`);
    await this.parts.supervisor.release(run.id);
    const moved = await this.find(run.id);
    await this.parts.announce(moved);
    return moved;
  }

  private async demandApproval(plan: string, sites: readonly string[]): Promise<void> {
    const approved = await this.parts.plans.approvedBy(plan);
    const lacking = sites.filter((site) => !approved.has(site));
    if (lacking.length > 0) {
      throw new ConsiliumError(
        coordinatorErrors.notApproved,
        `${lacking.join(', ')} ${lacking.length === 1 ? 'has' : 'have'} not approved plan ${plan.slice(0, 12)}, or no longer. Nothing was asked of a site.`,
      );
    }
  }
}
