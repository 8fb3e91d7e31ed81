import { extractFeatures, extractionEngine, LANDMARKS, landmarkTotals, parseIntensityScale, type ExtractionAnswer, type ExtractionParameters, type IntensityScale, type LandmarkParameters, type LandmarkTotals } from '@consilium/federation';
import { extractionResult, findSiteStep, requestView, type SiteStep } from '@consilium/federation/site';
import { ConsiliumError, dataErrors, type Value } from '@consilium/protocol';
import { compensatedSum } from '@consilium/numerics';
import type { ExtractOptions } from '@consilium/study';
import { joinedDigest, type CohortReader } from '../data/cohort.js';
import { InlineExecutor, refusalOf, type InlineExecutorOptions } from '../execution/inline-executor.js';
import type { StepCall, StepExecutor, StepOutcome } from '../execution/step-call.js';
import type { ArtefactStore } from '../runs/artefact-store.js';
import type { SiteExtraction, SiteExtractionResult, Work } from './site-extraction.js';

export interface ExtractingExecutorOptions {
  readonly inner: StepExecutor;
  readonly cohort: CohortReader;
  readonly artefacts: ArtefactStore;
  readonly extraction: SiteExtraction;
  readonly planOf?: InlineExecutorOptions['planOf'];
  /** The name of the site in the study. */
  readonly site: string;
}

/**
 * Steps of plans that read images. Features are there before any step of such a plan is computed: extracted when the plan's own step asks for them, found
 * on the disk later. Other plans go straight through.
 */
export class ExtractingExecutor implements StepExecutor {
  /** What the last request found: looking at every image again for each of its hundreds of parts would cost more than they do. */
  private found: { readonly moment: object; readonly extract: ExtractOptions; readonly scale: IntensityScale | null; readonly result: SiteExtractionResult } | undefined;

  constructor(private readonly options: ExtractingExecutorOptions) {}

  /** The version of the data includes that of the images, of the settings and of the engine. */
  async cohortDigest(extract?: ExtractOptions | null): Promise<string> {
    const { inner, extraction } = this.options;
    const digest = await inner.cohortDigest();
    return extract ? joinedDigest(digest, await extraction.key(extract, this.patients())) : digest;
  }

  async run(call: StepCall): Promise<StepOutcome> {
    const { extract, signal = new AbortController().signal, onWork = () => undefined, step, version, request, limits, mask, noise, plan } = call;
    const plain = { step, version, request, limits, ...(mask ? { mask } : {}), ...(noise ? { noise } : {}), ...(plan ? { plan } : {}) };
    if (!extract) return this.options.inner.run(plain);
    try {
      if (step === landmarkTotals.name) return await this.computeOn(plain, landmarksAtSite(await this.landmarks(extract, { signal, onWork })));
      const scale = this.scaleFor(extract, request);
      if (typeof scale === 'string') return { kind: 'artefacts-wanted', digests: [scale] };
      const found = await this.ensured(extract, call.moment, { signal, onWork, scale });
      if (step === extractFeatures.name) return await this.report(plain, found);
      return await this.options.inner.run({ ...plain, features: found.features });
    } catch (error) {
      if (error instanceof ConsiliumError && error.definition === dataErrors.imagesUnusable) return { kind: 'refusal', refusal: refusalOf(error, 'images') };
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.options.extraction.close();
    await this.options.inner.close();
  }

  private async ensured(extract: ExtractOptions, moment: object | undefined, work: Work & { readonly scale: IntensityScale | null }): Promise<SiteExtractionResult> {
    const { found } = this;
    if (found && found.moment === moment && found.extract === extract && sameScale(found.scale, work.scale)) return found.result;
    const result = await this.options.extraction.ensure(extract, this.patients(), work);
    this.found = moment && { moment, extract, scale: work.scale, result };
    return result;
  }

  private patients(): readonly string[] {
    return this.options.cohort.read().table.pseudonyms;
  }

  /** Of every sequence that is brought to landmarks. */
  private async landmarks({ sequences }: ExtractOptions, work: Work): Promise<Map<string, ReadonlyMap<string, readonly number[]>>> {
    const found = new Map<string, ReadonlyMap<string, readonly number[]>>();
    for (const one of sequences) if (one.intensity === 'nyul') found.set(one.sequence, await this.options.extraction.landmarks(one, this.patients(), work));
    return found;
  }

  /** The scale that a question names; its digest where it has not arrived; null where the plan needs none. */
  private scaleFor({ sequences }: ExtractOptions, request: Uint8Array): IntensityScale | string | null {
    const scaled = sequences.flatMap(({ sequence, intensity }) => (intensity === 'nyul' ? [sequence] : []));
    if (scaled.length === 0) return null;
    const digest = requestView(request)?.intensityScale;
    if (digest === undefined) throw unusable('The question names no scale of intensities, and the approved plan has one. Nothing was computed.');
    const { artefacts } = this.options;
    if (!artefacts.has(digest)) return digest;
    const scale = parseIntensityScale(artefacts.get(digest) ?? null);
    if (scale === null || scale.sequences.map(({ sequence }) => sequence).join() !== scaled.join()) throw unusable('The scale of intensities is not one of the sequences of the approved plan. Nothing was computed.');
    return scale;
  }

  private async report(call: StepCall, { reports }: SiteExtractionResult): Promise<StepOutcome> {
    const half: SiteStep<ExtractionParameters, ExtractionAnswer> = {
      step: extractFeatures,
      compute(_, { sequences }) {
        const same = sequences.length === reports.length && sequences.every(({ sequence, digest }, s) => reports[s]!.sequence === sequence && reports[s]!.digest === digest);
        if (!same) throw unusable('The request asks for other extraction settings than the approved plan. Nothing was sent.');
        return extractionResult(reports);
      },
    };
    const outcome = await this.computeOn(call, half);
    // It counts images, whatever the outcomes: no set of patients that a later question could be held against.
    return outcome.kind === 'contribution' ? { ...outcome, selection: null } : outcome;
  }

  /** A step of this executor's own goes through the same gate as every other. */
  private computeOn<P extends Value, C extends Value>(call: StepCall, half: SiteStep<P, C>): Promise<StepOutcome> {
    const { cohort, artefacts, site, planOf } = this.options;
    const find = (name: string, version: number) => (name === half.step.name && version === half.step.version ? (half as unknown as SiteStep) : findSiteStep(name, version));
    return new InlineExecutor({ cohort, artefacts, site, find, ...(planOf ? { planOf } : {}) }).run(call);
  }
}

const sameScale = (a: IntensityScale | null, b: IntensityScale | null): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

const unusable = (sentence: string) => new ConsiliumError(dataErrors.imagesUnusable, sentence);

/** Landmarks of the view's images, summed. An image without landmarks takes no part. */
const landmarksAtSite = (known: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>): SiteStep<LandmarkParameters, LandmarkTotals> => ({
  step: landmarkTotals,
  compute(view, { engine, sequence }) {
    const landmarks = known.get(sequence);
    if (!landmarks || engine !== extractionEngine) throw unusable('The request asks for landmarks that the approved plan does not use, or of another release. Nothing was sent.');
    const images = view.pseudonyms.flatMap((patient) => landmarks.get(patient) ?? []);
    const n = images.length / LANDMARKS;
    const totals = Float64Array.from({ length: LANDMARKS }, (_, k) => compensatedSum(Array.from({ length: n }, (__, i) => images[i * LANDMARKS + k]!)));
    return { contribution: { n: Float64Array.of(n), totals }, basis: { patients: n } };
  },
});
