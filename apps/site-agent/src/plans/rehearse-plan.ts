import { decodeContribution, type DisclosureLimits, type RoundCall } from '@consilium/federation';
import { inProcessFederation } from '@consilium/federation/in-process';
import { CohortHistory, stepSentences, viewDigest, type AnsweredRows, type CutsByOrder, type SiteTable } from '@consilium/federation/site';
import { ConsiliumError, type PlanStage, type Refusal } from '@consilium/protocol';
import { executePlan, masksSums, stageOfExecution, type AnalysisPlan } from '@consilium/study';
import { createHash } from 'node:crypto';
import { summaryOf } from '../execution/inline-executor.js';
import { renderValue } from '../ledger/rendering.js';
import { STAGE_SENTENCES, type PlanReview, type StepReview } from './plan-review.js';

export interface RehearseOptions {
  readonly plan: AnalysisPlan;
  readonly site: string;
  readonly table: SiteTable;
  readonly limits: DisclosureLimits;
  /** What the site has answered before. */
  readonly answered: readonly AnsweredRows[];
  readonly shownCuts: CutsByOrder;
  /** The rehearsal ends after so many milliseconds, wherever it is. */
  readonly milliseconds: number;
  readonly now?: () => number;
}

export type Rehearsal = Pick<PlanReview, 'stages' | 'complete' | 'notes'>;

class TimeIsUp extends Error {
  override readonly name = 'TimeIsUp';
}

/**
 * Runs the whole plan in this process on one site's data and writes down what would leave the site, stage by stage. The other sites are played by one copy of
 * this one, since many figures need two: shapes, names, sizes and refusals are those of a real run, and so are the numbers of the first questions, which rest on this
 * site alone. Later questions carry means and models of all sites; here, of this one.
 */
export async function rehearsePlan({ plan, site, table, limits, answered, shownCuts, milliseconds, now = () => performance.now() }: RehearseOptions): Promise<Rehearsal> {
  if (plan.extract) return { stages: [], complete: false, notes: ['The plan measures features in images first, so a rehearsal would take as long as the extraction. What it sends after that stands on the ledger, each part before it leaves.'] };
  const record = new RehearsalRecord();
  const started = now();
  const notes: string[] = [];
  const federation = inProcessFederation({
    tables: new Map([[site, table], ...standIn(plan, site).map((other) => [other, table] as const)]),
    profile: plan.disclosure,
    limits,
    masked: masksSums(plan),
    histories: new Map([[site, new CohortHistory(answered, shownCuts)]]),
    onBatch: () => {
      record.batches++;
      if (now() - started > milliseconds) throw new TimeIsUp();
    },
    onContribution: (from, call, bytes) => {
      if (from === site) record.pass(call, bytes);
    },
    onRefusal: (from, call, refusal) => {
      if (from === site) record.withhold(call, refusal);
    },
  });
  let complete = true;
  try {
    await executePlan(federation, plan, { onStage: (stage) => (record.stage = stageOfExecution[stage] ?? record.stage) });
  } catch (error) {
    complete = false;
    if (error instanceof TimeIsUp) notes.push(`The rehearsal ended after ${Math.round(milliseconds / 1000)} seconds, in the stage ${record.stage}. Later steps are not shown.`);
    else if (error instanceof ConsiliumError) notes.push(`The rehearsal ended in the stage ${record.stage}: ${error.code}. A run would end there too, unless other sites have what this one lacks.`);
    else throw error;
  }
  if (plan.cohort.training.sites?.includes(site) === false) notes.push('Models of this plan are fitted at other sites. The rehearsal fits them here to show what the evaluation sends.');
  return { stages: record.stages(), complete, notes };
}

/** One other site of the plan, one that trains if this site does not. */
function standIn(plan: AnalysisPlan, site: string): string[] {
  const others = plan.sites.filter((one) => one !== site);
  const training = plan.cohort.training.sites;
  return (training ? others.filter((one) => training.includes(one)) : others).slice(0, 1);
}

type Entry = { -readonly [K in keyof StepReview]: StepReview[K] };

/** What the gate let pass and held back, by stage and step, in the order of their first appearance. */
class RehearsalRecord {
  stage: PlanStage = 'describe';
  batches = 0;
  private readonly entries = new Map<PlanStage, Map<string, Entry>>();

  pass(call: RoundCall, bytes: Uint8Array): void {
    const entry = this.entry(call);
    entry.asked++;
    entry.passed++;
    entry.bytes += bytes.length;
    const { request, step } = call;
    entry.sample ??= {
      view: summaryOf({ spec: request.view, digest: viewDigest(request.view) }),
      rendering: renderValue(decodeContribution(step, bytes)),
      size: bytes.length,
      digest: createHash('sha256').update(bytes).digest('hex'),
      exact: this.batches === 1,
    };
  }

  withhold(call: RoundCall, refusal: Refusal): void {
    const entry = this.entry(call);
    entry.asked++;
    entry.withheld ??= refusal;
  }

  stages(): Rehearsal['stages'] {
    return [...this.entries].map(([stage, steps]) => ({ stage, sentence: STAGE_SENTENCES[stage], steps: [...steps.values()] }));
  }

  private entry({ step: { name, version }, kind }: RoundCall): Entry {
    let steps = this.entries.get(this.stage);
    if (!steps) this.entries.set(this.stage, (steps = new Map<string, Entry>()));
    let entry = steps.get(name);
    if (!entry) steps.set(name, (entry = { step: name, version, sends: stepSentences[name] ?? name, kind, asked: 0, passed: 0, bytes: 0, sample: null, withheld: null }));
    return entry;
  }
}
