import { writeDurably } from '@consilium/operations';
import { agentErrors, ConsiliumError, digestSchema, runSchema, siteNameSchema, type RunMessage } from '@consilium/protocol';
import type { AnalysisPlan } from '@consilium/study';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const knownRunSchema = z.strictObject({
  run: z.string(),
  plan: digestSchema,
  sites: z.array(siteNameSchema),
  state: runSchema.shape.state,
  /** sha256 of the site's data when it first answered; the run stays with it. */
  cohort: digestSchema.nullable(),
});

export type KnownRun = z.infer<typeof knownRunSchema>;

/** Runs that the coordinator announced, with the set of sites and the version of the site's data each is bound to. */
export class RunStore {
  private readonly runs = new Map<string, KnownRun>();

  constructor(private readonly folder: string) {}

  find(run: string): KnownRun | undefined {
    const known = this.runs.get(run);
    if (known || !existsSync(this.pathOf(run))) return known;
    const read = knownRunSchema.safeParse(JSON.parse(readFileSync(this.pathOf(run), 'utf8')));
    if (!read.success || read.data.run !== run) return undefined;
    this.runs.set(run, read.data);
    return read.data;
  }

  /** Every run that was announced and can be read. */
  all(): KnownRun[] {
    const names = readdirSync(this.folder).filter((name) => /^[0-9a-f]{32}\.json$/.test(name)).sort();
    return names.map((name) => knownRunSchema.safeParse(JSON.parse(readFileSync(join(this.folder, name), 'utf8')))).flatMap(({ data }) => (data ? [data] : []));
  }

  /**
   * Takes an announcement. The plan of a run never changes; its sites may only become fewer, never fewer than the plan's quorum, and are
   * always sites of the plan. Anything else is refused with E307, and what was known stays.
   */
  async announce({ run, plan, sites, state }: RunMessage, analysis: AnalysisPlan): Promise<KnownRun> {
    const known = this.find(run);
    const allowed = known?.sites ?? analysis.sites;
    const refused =
      known && known.plan !== plan
        ? 'The run changed its plan.'
        : sites.some((site) => !allowed.includes(site))
          ? 'The run gained a site it did not have.'
          : new Set(sites).size < Math.max(1, analysis.quorum)
            ? `The run has fewer sites than the plan's quorum of ${analysis.quorum}.`
            : null;
    if (refused !== null) throw new ConsiliumError(agentErrors.siteSetChanged, `${refused} Nothing was sent.`);
    const next: KnownRun = { run, plan, sites, state, cohort: known?.cohort ?? null };
    if (!known || JSON.stringify(known) !== JSON.stringify(next)) await this.write(next);
    return next;
  }

  /** Binds a run to the site's data as they are, once. Throws E311 when they changed since. */
  async bindCohort(run: KnownRun, cohort: string): Promise<void> {
    if (run.cohort === cohort) return;
    if (run.cohort !== null) throw new ConsiliumError(agentErrors.cohortChanged, 'The data of the site changed since the run began. Nothing was sent.');
    await this.write({ ...run, cohort });
  }

  private async write(run: KnownRun): Promise<void> {
    await writeDurably(this.pathOf(run.run), JSON.stringify(run));
    this.runs.set(run.run, run);
  }

  private pathOf(run: string): string {
    return join(this.folder, `${createHash('sha256').update(run).digest('hex').slice(0, 32)}.json`);
  }
}
