import { fileStamp, writeDurably } from '@consilium/operations';
import { agentErrors, ConsiliumError, digestSchema, participantSchema, participantsStatement, planStatement } from '@consilium/protocol';
import { verifySignature } from '@consilium/secure-channel';
import { parsePlan, type AnalysisPlan } from '@consilium/study';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const offeredPlanSchema = z.strictObject({
  digest: digestSchema,
  study: z.string().max(200),
  signature: z.string().max(200),
  receivedAt: z.string(),
  /** The sites with their keys as the centre signed them; null where it has not named them, or the plan's sums are plain. */
  participants: z.strictObject({ sites: z.array(participantSchema), signature: z.string().max(200) }).nullable().default(null),
  /** Canonical text; the digest is its sha256. */
  text: z.string(),
});

export type OfferedPlan = z.infer<typeof offeredPlanSchema>;

export interface PlanAtSite extends OfferedPlan {
  readonly plan: AnalysisPlan;
}

/** Plans that the coordinating centre offered, each under its digest. Read anew whenever asked: the CLI reads the same folder. */
export class PlanStore {
  private readonly parsed = new Map<string, { readonly from: string; readonly plan: PlanAtSite }>();

  constructor(
    private readonly folder: string,
    private readonly coordinatorKey: string,
  ) {}

  /** Keeps an offered plan, and other participants of one that was offered before; refuses (E304) one whose text, digest and signature do not belong together, or that is no plan of this release. */
  async offer(offered: OfferedPlan): Promise<{ readonly plan: PlanAtSite; readonly isNew: boolean }> {
    const known = this.whole(offered.digest);
    if (known && (offered.participants === null || JSON.stringify(known.participants) === JSON.stringify(offered.participants))) return { plan: known, isNew: false };
    const plan = this.check(offered);
    await writeDurably(this.pathOf(offered.digest), JSON.stringify(offered));
    return { plan, isNew: !known };
  }

  /** The plan as it was offered before, unless its file is damaged: an offer mends that. */
  private whole(digest: string): PlanAtSite | undefined {
    try {
      return this.find(digest);
    } catch (error) {
      if (error instanceof ConsiliumError) return undefined;
      throw error;
    }
  }

  /** The plan of a digest, checked again as it lies on the disk. Its text never changes; its participants may, and are read anew. */
  find(digest: string): PlanAtSite | undefined {
    const stamp = digestSchema.safeParse(digest).success ? fileStamp(this.pathOf(digest)) : undefined;
    if (stamp === undefined) return undefined;
    const known = this.parsed.get(digest);
    if (known?.from === stamp) return known.plan;
    const text = readFileSync(this.pathOf(digest), 'utf8');
    let content: unknown;
    try {
      content = JSON.parse(text);
    } catch {
      throw altered();
    }
    const offered = offeredPlanSchema.safeParse(content);
    if (!offered.success || offered.data.digest !== digest) throw altered();
    const plan = this.check(offered.data);
    this.parsed.set(digest, { from: stamp, plan });
    return plan;
  }

  list(): PlanAtSite[] {
    const digests = readdirSync(this.folder).filter((name) => /^[0-9a-f]{64}\.json$/.test(name)).map((name) => name.slice(0, 64));
    return digests.map((digest) => this.find(digest)!).sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1));
  }

  /** The one plan whose digest begins so; E320 when there is none or more than one. */
  resolve(beginning: string): PlanAtSite {
    const found = this.list().filter(({ digest }) => digest.startsWith(beginning.toLowerCase()));
    if (found.length !== 1 || beginning.length < 4) {
      const why = found.length > 1 ? 'More than one plan begins so. Write more of the digest.' : 'No plan of this digest was offered to the site.';
      throw new ConsiliumError(agentErrors.planUnknown, beginning.length < 4 ? 'Write at least four characters of the digest.' : why);
    }
    return found[0]!;
  }

  private check(offered: OfferedPlan): PlanAtSite {
    const { digest, text, signature, participants } = offered;
    if (createHash('sha256').update(text, 'utf8').digest('hex') !== digest) throw altered();
    if (!verifySignature({ publicKey: this.coordinatorKey, ...planStatement(digest), signature })) throw altered();
    if (participants && !verifySignature({ publicKey: this.coordinatorKey, ...participantsStatement(digest, participants.sites), signature: participants.signature })) throw altered();
    const parsed = parsePlan(text);
    // A text that parses to another digest is not canonical: what would be executed is not what is shown.
    if (!('plan' in parsed) || parsed.digest !== digest) throw altered();
    return { ...offered, plan: parsed.plan };
  }

  private pathOf(digest: string): string {
    return join(this.folder, `${digest}.json`);
  }
}

const altered = () => new ConsiliumError(agentErrors.planAltered, 'The plan does not match its digest or signature. It was not kept, and nothing runs for it.');
