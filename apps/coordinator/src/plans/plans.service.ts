import { In, type DataSource } from 'typeorm';
import { ConsiliumError, coordinatorErrors, decisionStatement, participantsStatement, planStatement, type DecisionMessage, type PlanMessage } from '@consilium/protocol';
import { verifySignature, type Identity } from '@consilium/secure-channel';
import { masksSums, parsePlan, problemSentence, type AnalysisPlan } from '@consilium/study';
import type { AuditRecord } from '../audit/audit-record.js';
import type { Clock } from '../clock.js';
import { Site } from '../sites/site.entity.js';
import { select } from '../sql.js';
import { StudySite } from '../studies/study.entity.js';
import { PlanDecision } from './plan-decision.entity.js';
import { Plan } from './plan.entity.js';

export type Standing = Pick<PlanDecision, 'site' | 'decision' | 'decidedAt' | 'expiresAt' | 'reason'>;

/** A text refused, with every mistake and its line. */
export class PlanRefused extends ConsiliumError {
  constructor(readonly problems: readonly string[]) {
    super(coordinatorErrors.planMistaken, `The plan has ${problems.length} ${problems.length === 1 ? 'mistake' : 'mistakes'}. It was not stored.`);
  }
}

export class PlansService {
  constructor(
    private readonly database: DataSource,
    private readonly audit: AuditRecord,
    private readonly clock: Clock,
    private readonly identity: Identity,
  ) {}

  check(text: string): { digest: string; warnings: readonly string[] } | { problems: readonly string[] } {
    const parsed = parsePlan(text);
    return 'problems' in parsed ? { problems: parsed.problems.map(problemSentence) } : { digest: parsed.digest, warnings: parsed.warnings };
  }

  list(study?: string): Promise<Omit<Plan, 'text'>[]> {
    const columns = {
      digest: true,
      study: true,
      title: true,
      version: true,
      sites: true,
      signature: true,
      uploadedBy: true,
      uploadedAt: true,
      signedAt: true,
    } as const;
    return this.database.getRepository(Plan).find({ select: columns, where: study === undefined ? {} : { study }, order: { uploadedAt: 'ASC' } });
  }

  /** A plan by its digest or an unambiguous beginning of it. */
  async find(digest: string): Promise<Plan> {
    const found = /^[0-9a-f]{8,64}$/.test(digest)
      ? await this.database.getRepository(Plan).createQueryBuilder('plan').where('starts_with(plan.digest, :digest)', { digest }).limit(2).getMany()
      : [];
    if (found.length !== 1)
      throw new ConsiliumError(
        coordinatorErrors.notFound,
        `${found.length === 0 ? 'No plan begins' : 'More than one plan begins'} with ${digest.slice(0, 64)}.`,
      );
    return found[0]!;
  }

  /** Stores the canonical text. The same text again is the same plan. */
  async upload(text: string, actor: string): Promise<{ plan: Plan; warnings: readonly string[] }> {
    const parsed = parsePlan(text);
    if ('problems' in parsed) throw new PlanRefused(parsed.problems.map(problemSentence));
    const { plan, digest } = parsed;
    const stored = await this.database.transaction(async (manager) => {
      const before = await manager.findOneBy(Plan, { digest });
      if (before) return before;
      const members = await manager.findBy(StudySite, { study: plan.study });
      const strangers = plan.sites.filter((site) => !members.some((member) => member.site === site));
      if (members.length === 0 || strangers.length > 0) {
        throw new ConsiliumError(
          coordinatorErrors.notFound,
          `${strangers.join(', ')} ${strangers.length === 1 ? 'is' : 'are'} not in the study ${plan.study}. The plan was not stored.`,
        );
      }
      const row = manager.create(Plan, {
        digest,
        study: plan.study,
        title: plan.title,
        version: String(plan.version),
        text: parsed.text,
        sites: [...plan.sites].sort(),
        signature: null,
        uploadedBy: actor,
        uploadedAt: this.clock.now(),
        signedAt: null,
      });
      await manager.insert(Plan, row);
      await this.audit.add(manager, { actor, action: 'plan uploaded', subject: digest, detail: { study: plan.study, version: plan.version } });
      return row;
    });
    return { plan: stored, warnings: parsed.warnings };
  }

  /** The centre's signature: from now on the plan is offered to its sites. */
  async sign(digest: string, actor: string): Promise<Plan> {
    const plan = await this.find(digest);
    if (plan.signature) return plan;
    const { purpose, message } = planStatement(plan.digest);
    const signed = { signature: this.identity.signText(purpose, message), signedAt: this.clock.now() };
    await this.database.transaction(async (manager) => {
      await manager.update(Plan, { digest: plan.digest }, signed);
      await this.audit.add(manager, { actor, action: 'plan signed', subject: plan.digest });
    });
    return { ...plan, ...signed };
  }

  /** The plan's sites with their keys, signed; null where its sums are plain, or a site is not admitted yet. */
  async participants({ digest, text, sites }: { readonly digest: string; readonly text: string; readonly sites: readonly string[] }): Promise<PlanMessage['participants']> {
    if (!masksSums(JSON.parse(text) as AnalysisPlan)) return null;
    const admitted = await this.database.getRepository(Site).findBy({ name: In([...sites]), state: 'admitted' });
    if (admitted.length !== sites.length) return null;
    const list = admitted.map(({ name, publicKey }) => ({ site: name, key: publicKey })).sort((a, b) => (a.site < b.site ? -1 : 1));
    const { purpose, message } = participantsStatement(digest, list);
    return { sites: list, signature: this.identity.signText(purpose, message) };
  }

  signedPlansOf(site: string): Promise<Plan[]> {
    return this.database
      .getRepository(Plan)
      .createQueryBuilder('plan')
      .where('plan.signature IS NOT NULL AND plan.sites @> to_jsonb(:site::text)', { site })
      .getMany();
  }

  /** A steward's decision, kept with its signature. False when it was known. */
  async decide(site: string, message: DecisionMessage): Promise<boolean> {
    const { plan, decision, signature, reason } = message;
    return this.database.transaction(async (manager) => {
      const sender = await manager.findOneByOrFail(Site, { name: site });
      if (!verifySignature({ publicKey: sender.publicKey, signature, ...decisionStatement(message) })) {
        throw new ConsiliumError(coordinatorErrors.signatureRefused, 'The decision is not signed by the key of the site. It was not stored.');
      }
      const stored = await manager.findOneBy(Plan, { digest: plan });
      if (!stored?.sites.includes(site))
        throw new ConsiliumError(coordinatorErrors.notFound, 'There is no such plan for this site. The decision was not stored.');
      const row = {
        plan,
        site,
        decision,
        reason,
        signature,
        decidedAt: new Date(message.decidedAt),
        expiresAt: message.expiresAt === null ? null : new Date(message.expiresAt),
        receivedAt: this.clock.now(),
      };
      const inserted = await manager.createQueryBuilder().insert().into(PlanDecision).values(row).orIgnore().returning('id').execute();
      if ((inserted.raw as unknown[]).length === 0) return false;
      await this.audit.add(manager, {
        actor: `site ${site}`,
        action: `plan ${decision}`,
        subject: plan,
        detail: { expiresAt: message.expiresAt, reason },
      });
      return true;
    });
  }

  /** Every site's latest decision about a plan. */
  standing(digest: string): Promise<Standing[]> {
    return select(
      this.database,
      `SELECT DISTINCT ON (site) site, decision, decided_at AS "decidedAt", expires_at AS "expiresAt", reason FROM plan_decision WHERE plan = $1 ORDER BY site, decided_at DESC, id DESC`,
      [digest],
    );
  }

  /** Sites whose approval of the exact hash holds now. */
  async approvedBy(digest: string): Promise<Set<string>> {
    const now = this.clock.now();
    return new Set(
      (await this.standing(digest))
        .filter(({ decision, expiresAt }) => decision === 'approved' && (!expiresAt || expiresAt > now))
        .map(({ site }) => site),
    );
  }

  /** Signed plans that a site has not decided about, those of runs that are not ended, and those whose participants changed since. */
  offersTo(site: string): Promise<Plan[]> {
    return this.database
      .getRepository(Plan)
      .createQueryBuilder('plan')
      .where('plan.signature IS NOT NULL AND plan.sites @> to_jsonb(:site::text)', { site })
      .andWhere(
        `(NOT EXISTS (SELECT 1 FROM plan_decision d WHERE d.plan = plan.digest AND d.site = :site)
          OR EXISTS (SELECT 1 FROM run r WHERE r.plan = plan.digest AND r.state IN ('open', 'paused'))
          OR EXISTS (SELECT 1 FROM site s WHERE plan.sites @> to_jsonb(s.name) AND s.admitted_at > (SELECT max(d.received_at) FROM plan_decision d WHERE d.plan = plan.digest AND d.site = :site)))`,
      )
      .orderBy('plan.signed_at')
      .getMany();
  }
}
