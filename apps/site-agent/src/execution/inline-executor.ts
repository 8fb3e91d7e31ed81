import type { Sums, ViewSpec } from '@consilium/federation';
import { artefactFeatures, artefactsOf, restrictedView, runSiteStep, siteViews, type SiteStep, type ViewProvider } from '@consilium/federation/site';
import { parseCombat } from '@consilium/harmonisation';
import { agentErrors, ConsiliumError, type Refusal } from '@consilium/protocol';
import { maskBlocks } from '@consilium/secure-aggregation';
import { memoryFor } from '@consilium/secure-channel';
import { mayRead, type AnalysisPlan } from '@consilium/study';
import { createHash } from 'node:crypto';
import { requireUsable, type CohortReader } from '../data/cohort.js';
import type { ViewSummary } from '@consilium/protocol';
import { renderValue } from '../ledger/rendering.js';
import type { ArtefactStore } from '../runs/artefact-store.js';
import { toldError } from '../told-error.js';
import type { StepCall, StepExecutor, StepOutcome } from './step-call.js';

const NAMES_SHOWN = 5;

export interface InlineExecutorOptions {
  readonly cohort: CohortReader;
  readonly artefacts: ArtefactStore;
  /** The name of the site in the study. */
  readonly site: string;
  /** The plan of a digest, as the steward approved it. */
  readonly planOf?: (digest: string) => AnalysisPlan | undefined;
  /** Steps in place of the registry's. */
  readonly find?: (name: string, version: number) => SiteStep | undefined;
}

/** Computes steps where it stands: inside the worker, or in the agent's own thread. */
export class InlineExecutor implements StepExecutor {
  private views: ViewProvider | undefined;
  private digest = '';
  private readonly columns = new Map<string, (column: string) => boolean>();

  constructor(private readonly options: InlineExecutorOptions) {}

  async cohortDigest(): Promise<string> {
    return this.options.cohort.read().digest;
  }

  async run(call: StepCall): Promise<StepOutcome> {
    try {
      return this.compute(call);
    } catch (error) {
      if (error instanceof ArtefactsWanted) return { kind: 'artefacts-wanted', digests: error.digests };
      if (error instanceof ConsiliumError) return { kind: 'refusal', refusal: refusalOf(error, 'data') };
      throw error;
    }
  }

  async close(): Promise<void> {
    this.views = undefined;
  }

  private compute({ step, version, request, limits, features, mask, noise, shownCuts, plan }: StepCall): StepOutcome {
    const { cohort, artefacts, find, site } = this.options;
    const now = features ? cohort.readWith(features) : cohort.read();
    if (!this.views || this.digest !== now.digest) {
      this.views = siteViews(now.table, { get: (digest) => artefacts.get(digest), site });
      this.digest = now.digest;
    }
    const views = this.views;
    const open: ViewProvider['open'] = (spec) => {
      const wanted = artefactsOf(spec).filter((digest) => !artefacts.has(digest));
      if (wanted.length > 0) throw new ArtefactsWanted(wanted);
      requireUsable(now, columnsOfView(spec, artefacts));
      const view = views.open(spec);
      return plan ? restrictedView(view, this.columnsOf(plan)) : view;
    };
    const outcome = runSiteStep({ step, version, request, views: { open }, limits, memoryFor, masked: mask !== undefined, ...(noise ? { noise } : {}), ...(shownCuts ? { shownCuts } : {}), ...(find ? { find } : {}) });
    if (outcome.kind === 'refusal') return outcome;
    const { value, view } = outcome;
    const bytes = mask ? maskBlocks(value as Sums, mask.streams, mask.terms) : outcome.bytes;
    const rules = mask ? [...outcome.rules, 'masked'] : outcome.rules;
    return { kind: 'contribution', bytes, digest: createHash('sha256').update(bytes).digest('hex'), rendering: renderValue(value), ...(outcome.heldBack ? { beforeGate: { heldBack: outcome.heldBack.figures, rendering: renderValue(outcome.heldBack.before) } } : {}), view: summaryOf(view), rules, selection: outcome.selection(), ...(outcome.cuts ? { cuts: outcome.cuts } : {}) };
  }

  /** Columns that a step of this plan may read. */
  private columnsOf(digest: string): (column: string) => boolean {
    let columns = this.columns.get(digest);
    if (!columns) {
      const plan = this.options.planOf?.(digest);
      if (!plan) throw new ConsiliumError(agentErrors.notApproved, 'This plan is not at the site. Nothing was computed.');
      this.columns.set(digest, (columns = mayRead(plan)));
    }
    return columns;
  }
}

class ArtefactsWanted extends Error {
  constructor(readonly digests: readonly string[]) {
    super('artefacts wanted');
  }
}

export const refusalOf = (error: ConsiliumError, rule: string): Refusal => ({ code: error.code, rule, sentence: toldError(error).slice(0, 1000) });

/** Table columns that a view, its models and its harmonisation read. */
function columnsOfView(spec: ViewSpec, artefacts: ArtefactStore): Set<string> {
  const { outcome, features, rows, folds, ownScale, harmonise, derived = [] } = spec;
  const derivedNames = new Set(derived.map(({ name }) => name));
  const modelInputs = derived.flatMap(({ model }) => artefactFeatures(artefacts.get(model) ?? null));
  const harmonised = artefactsOf(spec).flatMap((digest) => {
    const combat = parseCombat(artefacts.get(digest) ?? null);
    return combat === null ? [] : [...combat.features, ...combat.covariates, ...(combat.batch === null ? [] : [combat.batch])];
  });
  const byFold = derived.flatMap(({ harmoniseByFold = [] }) => harmoniseByFold.flatMap((one) => one.harmonise.rows));
  const conditions = [...rows, ...(ownScale?.rows ?? []), ...(harmonise?.rows ?? []), ...byFold].map(({ column }) => column);
  const names = [outcome, ...features, ...modelInputs, ...harmonised, ...conditions, ...(folds?.kind === 'column' ? [folds.column] : [])];
  return new Set(names.filter((name) => !derivedNames.has(name)).flatMap((name) => (name.includes('=') ? [name, name.slice(0, name.lastIndexOf('='))] : [name])));
}

/** A view in few words, for ledger and review. */
export const summaryOf = ({ spec, digest }: { readonly spec: ViewSpec; readonly digest: string }): ViewSummary => ({
  digest,
  outcome: spec.outcome,
  features: spec.features.length,
  firstFeatures: spec.features.slice(0, NAMES_SHOWN),
  conditions: spec.rows.map(({ column, oneOf, negate }) => `${column} ${negate ? 'not in' : 'in'} {${oneOf.slice(0, NAMES_SHOWN).join(', ')}}`),
  models: (spec.derived ?? []).map(({ name }) => name),
});
