import { fileStamp, writeDurably } from '@consilium/operations';
import { agentErrors, ConsiliumError, decisionSchema, decisionStatement, type DecisionMessage, type PlanStage } from '@consilium/protocol';
import { verifySignature, type Clock, type Identity } from '@consilium/secure-channel';
import { stepInStages } from '@consilium/study';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Decide {
  readonly plan: string;
  readonly decision: DecisionMessage['decision'];
  readonly days: number | null;
  /** Until when, in place of days; ISO 8601. */
  readonly until?: string | null;
  readonly reason: string | null;
  /** The stages that are approved; null, or absent, for all of the plan. */
  readonly stages?: readonly PlanStage[] | null;
  /** Digest of the participants the steward saw; null where sums are plain. */
  readonly participants?: string | null;
}

/** What a question asks an approval for. */
export interface AskedApproval {
  /** Digest of the participants as they stand; left out where only the plan matters. */
  readonly participants?: string | null;
  readonly step?: string | undefined;
}

const DAY_MILLISECONDS = 86_400_000;

/**
 * The steward's decisions, one signed file a plan. Read from the disk at every check, since the command line writes them while the agent
 * works. No file, a file that does not verify, and a file of another plan all mean: not approved.
 */
export class Approvals {
  /** Files as they were when they verified: a decision is written as a new file, and an old one needs no second look. */
  private readonly verified = new Map<string, { readonly stamp: string; readonly decision: DecisionMessage }>();

  constructor(
    private readonly folder: string,
    private readonly publicKey: string,
    private readonly clock: Clock,
  ) {}

  async decide({ plan, decision, days, until = null, reason, participants = null, stages = null }: Decide, identity: Identity): Promise<DecisionMessage> {
    const now = this.clock.now();
    const end = until ?? (days === null ? null : new Date(now + days * DAY_MILLISECONDS).toISOString());
    const decided = {
      plan,
      decision,
      decidedAt: new Date(now).toISOString(),
      expiresAt: decision === 'approved' ? end : null,
      participants,
      stages: stages === null ? null : [...stages],
    };
    const { purpose, message } = decisionStatement(decided);
    const signed: DecisionMessage = { type: 'decision', ...decided, reason, signature: identity.signText(purpose, message) };
    await writeDurably(this.pathOf(plan), JSON.stringify(signed));
    return signed;
  }

  /** The decision about a plan, or undefined where there is none that verifies. */
  of(plan: string): DecisionMessage | undefined {
    const stamp = fileStamp(this.pathOf(plan));
    if (stamp === undefined) return undefined;
    const known = this.verified.get(plan);
    if (known?.stamp === stamp) return known.decision;
    const decision = this.verify(plan, readFileSync(this.pathOf(plan), 'utf8'));
    if (decision) this.verified.set(plan, { stamp, decision });
    return decision;
  }

  all(): DecisionMessage[] {
    const plans = readdirSync(this.folder).filter((name) => /^[0-9a-f]{64}\.json$/.test(name)).map((name) => name.slice(0, 64));
    return plans.map((plan) => this.of(plan)).filter((decision) => decision !== undefined);
  }

  /** Throws unless the exact plan is approved at this moment, with these participants, for the stages that ask for this step. */
  require(plan: string, { participants, step }: AskedApproval = {}): void {
    const decision = this.of(plan);
    if (decision?.decision === 'withdrawn') throw new ConsiliumError(agentErrors.approvalWithdrawn, 'The site withdrew its approval of this plan. Nothing was sent.');
    if (decision?.decision !== 'approved') throw new ConsiliumError(agentErrors.notApproved, 'The site has not approved this plan. Nothing was sent.');
    if (decision.expiresAt !== null && Date.parse(decision.expiresAt) <= this.clock.now()) {
      throw new ConsiliumError(agentErrors.approvalExpired, 'The approval of this plan has expired. Nothing was sent.');
    }
    if (participants !== undefined && (decision.participants ?? null) !== participants) {
      throw new ConsiliumError(agentErrors.participantsChanged, 'The sites of the plan have other keys than when it was approved. Nothing was sent.');
    }
    if (step !== undefined && !stepInStages(decision.stages, step)) {
      throw new ConsiliumError(agentErrors.stageNotApproved, `The site has approved the stages ${decision.stages!.join(', ')} of this plan, and no one of them asks for ${step}. Nothing was sent.`);
    }
  }

  /** The decisions as they are, signed by the key that follows. What was signed by it already stays. */
  async signAnew(next: Identity): Promise<void> {
    for (const decision of this.all()) {
      const { purpose, message } = decisionStatement(decision);
      await writeDurably(this.pathOf(decision.plan), JSON.stringify({ ...decision, signature: next.signText(purpose, message) }));
    }
  }

  private verify(plan: string, text: string): DecisionMessage | undefined {
    let content: unknown;
    try {
      content = JSON.parse(text);
    } catch {
      return undefined;
    }
    const parsed = decisionSchema.safeParse(content);
    if (!parsed.success || parsed.data.plan !== plan) return undefined;
    const { signature } = parsed.data;
    return verifySignature({ publicKey: this.publicKey, ...decisionStatement(parsed.data), signature }) ? parsed.data : undefined;
  }

  private pathOf(plan: string): string {
    return join(this.folder, `${plan}.json`);
  }
}
