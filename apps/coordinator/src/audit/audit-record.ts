import { createHash } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '../clock.js';
import { select } from '../sql.js';
import { AuditEntry } from './audit-entry.entity.js';

export interface Act {
  /** An account, 'site NAME', or 'coordinator'. */
  readonly actor: string;
  /** For example 'run resumed'. */
  readonly action: string;
  readonly subject: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface AuditVerification {
  readonly intact: boolean;
  readonly entries: number;
  /** Sequence of the first entry that does not follow from the one before. */
  readonly firstBreak: number | null;
}

/** A run with its plan, whose decisions it rests on. */
export interface AuditedRun {
  readonly id: string;
  readonly plan: string;
}

export interface AuditPage {
  readonly before?: number | undefined;
  readonly limit: number;
  /** Only what was done about this run. */
  readonly run?: AuditedRun | undefined;
}

/**
 * What was done about a run or its plan; what a role refused somebody on the run's addresses, where its id may be shortened; what a site was refused about
 * them. Its detail is searched as text, so that an entry somebody changed is listed too.
 */
const ABOUT_RUN = `(entry.subject IN (:run, :plan)
  OR entry.action = 'refused by role' AND starts_with(:run, substring(entry.subject FROM '^[A-Z]+ /api/runs/([0-9a-f]{4,64})(/|$)'))
  OR entry.action = 'refused to a site' AND (strpos(entry.detail, :quotedRun) > 0 OR strpos(entry.detail, :quotedPlan) > 0))`;

const START = '0'.repeat(64);
const AUDIT_LOCK = 0x617564; // 'aud'

type Hashed = Pick<AuditEntry, 'sequence' | 'at' | 'actor' | 'action' | 'subject' | 'detail' | 'previous'>;

const hashOf = ({ sequence, at, actor, action, subject, detail, previous }: Hashed): string =>
  createHash('sha256')
    .update(JSON.stringify([sequence, at.toISOString(), actor, action, subject, detail, previous]))
    .digest('hex');

/** Who did what, in a chain: an entry that is changed, removed or put in between breaks it at that place. */
export class AuditRecord {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Part of the caller's transaction: what is recorded has happened, and what has happened is recorded. */
  async add(manager: EntityManager, act: Act): Promise<void> {
    // Held to the end of the transaction, so that the chain has one order; taken last, so that it is held shortly.
    await manager.query('SELECT pg_advisory_xact_lock($1)', [AUDIT_LOCK]);
    const [last] = await select<{ sequence: number; hash: string }>(manager, 'SELECT sequence, hash FROM audit_entry ORDER BY sequence DESC LIMIT 1');
    const entry = {
      sequence: (last?.sequence ?? 0) + 1,
      at: this.clock.now(),
      actor: act.actor,
      action: act.action,
      subject: act.subject,
      detail: JSON.stringify(act.detail ?? {}),
      previous: last?.hash ?? START,
    };
    await manager.insert(AuditEntry, { ...entry, hash: hashOf(entry) });
  }

  /** For acts that change nothing else. */
  addAlone(act: Act): Promise<void> {
    return this.database.transaction((manager) => this.add(manager, act));
  }

  /** The latest first. */
  list({ before, limit, run }: AuditPage): Promise<AuditEntry[]> {
    const query = this.database.getRepository(AuditEntry).createQueryBuilder('entry').orderBy('entry.sequence', 'DESC').limit(limit);
    if (before !== undefined) query.andWhere('entry.sequence < :before', { before });
    if (run !== undefined) query.andWhere(ABOUT_RUN, { run: run.id, plan: run.plan, quotedRun: `"${run.id}"`, quotedPlan: `"${run.plan}"` });
    return query.getMany();
  }

  async verify(): Promise<AuditVerification> {
    let previous = START;
    let entries = 0;
    for (;;) {
      const page = await this.database
        .getRepository(AuditEntry)
        .createQueryBuilder('entry')
        .where('entry.sequence > :entries', { entries })
        .orderBy('entry.sequence')
        .limit(1000)
        .getMany();
      for (const entry of page) {
        const follows = entry.sequence === entries + 1 && entry.previous === previous && entry.hash === hashOf(entry);
        if (!follows) return { intact: false, entries, firstBreak: entries + 1 };
        entries = entry.sequence;
        previous = entry.hash;
      }
      if (page.length === 0) return { intact: true, entries, firstBreak: null };
    }
  }
}
