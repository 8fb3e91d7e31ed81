import { ConsiliumError, encodeValue, methodErrors, type MemoryFor, type Refusal, type Value } from '@consilium/protocol';
import { applyGate, refusal } from './disclosure-gate.js';
import type { DisclosureLimits } from './disclosure.js';
import { noiseSource } from './noise-source.js';
import { decodeRequest } from './request.js';
import { selectionOf, type Selection } from './selection.js';
import { ShownCuts, type CutsByOrder } from './shown-cuts.js';
import type { SiteStep } from './site-step.js';
import { findSiteStep } from './site-steps.js';
import { viewDigest, type ViewProvider } from './site-views.js';
import { viewBreach } from './view-rules.js';
import type { ViewSpec } from './view.js';

export interface SiteStepCall {
  readonly step: string;
  readonly version: number;
  /** Made by encodeRequest. */
  readonly request: Uint8Array;
  readonly views: ViewProvider;
  readonly limits: DisclosureLimits;
  /** Seed of the noise of a step with a privacy cost: 32 bytes that nobody else knows. */
  readonly noise?: Uint8Array;
  /** The term will be added under masks. */
  readonly masked?: boolean;
  /** What the site has shown of orders of predictions, in earlier answers. */
  readonly shownCuts?: CutsByOrder;
  /** Where steps are looked up; the registry of this release unless a test or an application with steps of its own says otherwise. */
  readonly find?: (name: string, version: number) => SiteStep | undefined;
  /** Memory for the bytes of the contribution. */
  readonly memoryFor?: MemoryFor;
}

export type SiteStepOutcome =
  | {
      readonly kind: 'contribution';
      /** What may leave. Equal requests on equal tables give equal bytes. */
      readonly bytes: Uint8Array<ArrayBuffer>;
      /** What `bytes` encodes, for the ledger's rendering. */
      readonly value: Value;
      readonly view: { readonly spec: ViewSpec; readonly digest: string; readonly rows: number };
      /** The rules it was held against. */
      readonly rules: readonly string[];
      /** Whom it is about, for the history of the site. */
      readonly selection: () => Selection;
      /** What it shows of orders of predictions, for the history of the site. */
      readonly cuts?: CutsByOrder;
      /** Figures that the gate suppressed, and the answer as it was: for the site's own ledger only. */
      readonly heldBack?: { readonly figures: readonly string[]; readonly before: Value };
    }
  | { readonly kind: 'refusal'; readonly refusal: Refusal };

/**
 * What a site does with one part of a request, in every federation: parse, check the parameters, open the view, compute, hold the result
 * against the disclosure limits, encode. A mistake in the request or the data is a refusal with its code; a mistake in the program throws.
 */
export function runSiteStep({ step: name, version, request, views, limits, masked = false, noise, shownCuts = new Map(), find = findSiteStep, memoryFor }: SiteStepCall): SiteStepOutcome {
  try {
    const half = find(name, version);
    if (!half) throw new ConsiliumError(methodErrors.unknownStep, `This site does not know step ${name} in version ${version}. Nothing was computed.`);
    const { view: spec, parameters } = decodeRequest(half.step, request);
    if (half.step.privacyCost && !noise) throw new ConsiliumError(methodErrors.noiseMissing);
    const view = views.open(spec);
    const asked = viewBreach({ step: half.step, spec, parameters, view, limits, masked });
    if (asked) return { kind: 'refusal', refusal: refusal(half.step, asked) };
    const below = half.step.privacyCost ? noiseSource(noise!) : undefined;
    const result = half.compute(view, parameters, below);
    const selection = () => selectionOf(view, spec);
    const outcome = applyGate(half.step, result, limits, new ShownCuts(shownCuts, selection, limits.minimumDifference));
    if ('refusal' in outcome) return { kind: 'refusal', refusal: outcome.refusal };
    const value = half.step.contribution.parse(outcome.contribution);
    const { disclosure } = half.step;
    return {
      kind: 'contribution',
      bytes: encodeValue(value, memoryFor),
      value,
      view: { spec, digest: viewDigest(spec), rows: view.n },
      rules: ['finite-values', ...disclosure.limits, ...(below ? ['differential-privacy'] : [])],
      selection,
      ...(outcome.cuts ? { cuts: outcome.cuts } : {}),
      ...(outcome.suppressed ? { heldBack: { figures: outcome.suppressed, before: result.contribution } } : {}),
    };
  } catch (error) {
    if (error instanceof ConsiliumError) return { kind: 'refusal', refusal: refusalOf(error) };
    throw error;
  }
}

const refusalOf = (error: ConsiliumError): Refusal => ({ code: error.code, rule: 'data', sentence: `${error.message} ${error.definition.help}` });
