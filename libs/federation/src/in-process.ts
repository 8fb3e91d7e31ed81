import { encodeValue, type DisclosureProfile, type Refusal, type Value } from '@consilium/protocol';
import { createHash } from 'node:crypto';
import { CohortHistory } from './cohort-history.js';
import { refusal } from './disclosure-gate.js';
import { disclosureLimits, type DisclosureLimits } from './disclosure.js';
import { LimbStore, refusedTerm, SumAccumulator } from './exact-accumulator.js';
import type { Federation, SiteAnswer } from './federation.js';
import { InProcessMasks } from './in-process-masks.js';
import { answerSigns, TermSigns, type RoundSigns } from './contribution-signs.js';
import { lockStepFederation, type RoundCall, type RoundExecutor, type RoundOutcome } from './lock-step.js';
import { MaskedSumAccumulator } from './masked-accumulator.js';
import { decodeContribution, encodeRequest } from './request.js';
import { runSiteStep, type SiteStepOutcome } from './run-site-step.js';
import type { SiteStep } from './site-step.js';
import type { SiteTable } from './site-view.js';
import { siteViews, type ViewProvider } from './site-views.js';
import type { Sums } from './step.js';

export interface InProcessOptions {
  /** Each site's patients. */
  readonly tables: ReadonlyMap<string, SiteTable>;
  readonly profile: DisclosureProfile;
  /** Limits in place of the profile's, for tests of the rules. */
  readonly limits?: DisclosureLimits;
  readonly onProgress?: (done: number, total: number, message: string) => void;
  /** Told each batch before it is executed. */
  readonly onBatch?: (batch: readonly RoundCall[]) => void;
  /** Sums travel under masks, as between hospitals: the same sums to the bit, more slowly. */
  readonly secureAggregation?: boolean;
  /** Text from which the noise of private answers follows, so that a simulation can be repeated. Such noise protects nobody. */
  readonly noiseSeed?: string;
  /** Whether the gate takes sums over more sites than one for masked, as agents do: where there are three sites or more, when absent. */
  readonly masked?: boolean;
  /** What the sites have answered before, by site; nothing when absent. */
  readonly histories?: ReadonlyMap<string, CohortHistory>;
  /** Told each contribution as the coordinator would receive it. */
  readonly onContribution?: (site: string, call: RoundCall, bytes: Uint8Array) => void;
  /** Told each refusal of a site's gate. */
  readonly onRefusal?: (site: string, call: RoundCall, refusal: Refusal) => void;
  /** Told the signs in what sites sent in a round; none are looked for where nobody listens, and none can be found under masks. */
  readonly onSigns?: (call: RoundCall, signs: RoundSigns) => void;
  /** Steps in place of the registry's. */
  readonly findStep?: (name: string, version: number) => SiteStep | undefined;
}

/**
 * The whole federation in one process: tests, simulation, teaching. Requests and contributions pass the same encoding, schemas, disclosure
 * gate and exact accumulator as between hospitals, so what works here works there, to the bit.
 */
export function inProcessFederation(options: InProcessOptions): Federation {
  return lockStepFederation(new InProcessExecutor(options), [...options.tables.keys()]);
}

class InProcessExecutor implements RoundExecutor {
  private readonly artefacts = new Map<string, Value>();
  private readonly views: ReadonlyMap<string, ViewProvider>;
  private readonly limits: DisclosureLimits;
  private readonly masks: InProcessMasks | undefined;
  private readonly histories: ReadonlyMap<string, CohortHistory>;
  private readonly masked: boolean;
  private readonly store = new LimbStore();

  constructor(private readonly options: InProcessOptions) {
    this.limits = options.limits ?? disclosureLimits[options.profile];
    this.masks = options.secureAggregation ? new InProcessMasks([...options.tables.keys()]) : undefined;
    this.histories = new Map([...options.tables.keys()].map((site) => [site, options.histories?.get(site) ?? new CohortHistory()]));
    this.masked = options.masked ?? options.tables.size >= 3;
    this.views = new Map([...options.tables].map(([site, table]) => [site, siteViews(table, { get: (digest) => this.artefacts.get(digest), site })]));
  }

  async execute(batch: readonly RoundCall[]): Promise<readonly RoundOutcome[]> {
    this.options.onBatch?.(batch);
    return batch.map((call) => this.executeOne(call));
  }

  async publish(artefact: Value): Promise<string> {
    const digest = createHash('sha256').update(encodeValue(artefact)).digest('hex');
    this.artefacts.set(digest, artefact);
    return digest;
  }

  progress(done: number, total: number, message: string): void {
    this.options.onProgress?.(done, total, message);
  }

  private executeOne(call: RoundCall): RoundOutcome {
    const { step, sites } = call;
    const request = encodeRequest(step, call.request);
    const masks = step.kind === 'sum' && sites.length > 1 ? this.masks : undefined;
    const sum = masks ? new MaskedSumAccumulator(sites.length) : new SumAccumulator(sites.length, this.store);
    const terms = this.options.onSigns && !masks && step.kind === 'sum' ? new TermSigns(step, call.request.parameters) : undefined;
    const answers: SiteAnswer<Value>[] = [];
    const refusals: { site: string; refusal: Refusal }[] = [];
    for (const site of sites) {
      const outcome = this.runAt(site, call, request);
      let refused = outcome.kind === 'refusal' ? outcome.refusal : undefined;
      if (refused) this.options.onRefusal?.(site, call, refused);
      let contribution: Value = null;
      if (outcome.kind === 'contribution' && masks) {
        refused = refusedTerm(() => (sum as MaskedSumAccumulator).add(this.sent(site, call, masks.mask(site, call, { request, sums: outcome.value as Sums }))));
      } else if (outcome.kind === 'contribution') {
        // The bytes are this answer's own, and nobody writes to them.
        contribution = decodeContribution(step, this.sent(site, call, outcome.bytes), { shareMemory: true });
        if (step.kind === 'sum') refused = (sum as SumAccumulator).offer(contribution as Sums);
        terms?.add(site, contribution as Sums);
      }
      if (refused) refusals.push({ site, refusal: refused });
      answers.push(refused ? { site, refusal: refused } : { site, answer: contribution });
    }
    this.tellSigns(call, answers, terms);
    if (step.kind === 'gather') return { kind: 'gather', answers };
    const outcome: RoundOutcome = refusals.length > 0 ? { kind: 'refused', refusals } : { kind: 'sum', sums: sum.total(), sites };
    if (sum instanceof SumAccumulator) sum.release();
    return outcome;
  }

  private tellSigns(call: RoundCall, answers: readonly SiteAnswer<Value>[], terms: TermSigns | undefined): void {
    if (terms) return this.options.onSigns?.(call, terms.found());
    if (call.step.kind !== 'gather' || !this.options.onSigns) return;
    const given = answers.flatMap((one) => ('answer' in one ? [{ site: one.site, value: one.answer }] : []));
    this.options.onSigns(call, answerSigns(call.step, given, call.request.parameters));
  }

  private sent(site: string, call: RoundCall, bytes: Uint8Array): Uint8Array {
    this.options.onContribution?.(site, call, bytes);
    return bytes;
  }

  private runAt(site: string, { step, sites, path }: RoundCall, request: Uint8Array): SiteStepOutcome {
    const { findStep, noiseSeed = '' } = this.options;
    const history = this.histories.get(site)!;
    const outcome = runSiteStep({
      step: step.name,
      version: step.version,
      request,
      views: this.views.get(site)!,
      limits: this.limits,
      shownCuts: history.cuts,
      masked: this.masked && step.kind === 'sum' && sites.length > 1,
      ...(step.privacyCost ? { noise: createHash('sha256').update(JSON.stringify(['simulated noise', noiseSeed, site, path])).digest() } : {}),
      ...(findStep ? { find: findStep } : {}),
    });
    if (outcome.kind === 'refusal' || this.limits.minimumDifference <= 1) return outcome;
    const breach = history.breachOf(outcome.selection(), this.limits.minimumDifference);
    if (breach) return { kind: 'refusal', refusal: refusal(step, breach) };
    history.remember(outcome.selection());
    if (outcome.cuts) history.rememberCuts(outcome.cuts);
    return outcome;
  }
}
