import { extractFeatures, type ExtractionAnswer, type ExtractionParameters } from '@consilium/federation';
import { extractionResult, findSiteStep, type SiteStep } from '@consilium/federation/site';
import { ConsiliumError, dataErrors } from '@consilium/protocol';
import type { ExtractOptions } from '@consilium/study';
import { joinedDigest, type CohortReader } from '../data/cohort.js';
import { InlineExecutor, refusalOf, type InlineExecutorOptions } from '../execution/inline-executor.js';
import type { StepCall, StepExecutor, StepOutcome } from '../execution/step-call.js';
import type { ArtefactStore } from '../runs/artefact-store.js';
import type { SiteExtraction, SiteExtractionResult } from './site-extraction.js';

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
    let found: SiteExtractionResult;
    try {
      found = await this.options.extraction.ensure(extract, this.patients(), { signal, onWork });
    } catch (error) {
      if (error instanceof ConsiliumError && error.definition === dataErrors.imagesUnusable) return { kind: 'refusal', refusal: refusalOf(error, 'images') };
      throw error;
    }
    if (step === extractFeatures.name) return this.report(plain, found);
    return this.options.inner.run({ ...plain, features: found.features });
  }

  async close(): Promise<void> {
    await this.options.extraction.close();
    await this.options.inner.close();
  }

  private patients(): readonly string[] {
    return this.options.cohort.read().table.pseudonyms;
  }

  /** The step's own answer goes through the same gate as every other. */
  private async report(call: StepCall, { reports }: SiteExtractionResult): Promise<StepOutcome> {
    const { cohort, artefacts, site, planOf } = this.options;
    const half: SiteStep<ExtractionParameters, ExtractionAnswer> = {
      step: extractFeatures,
      compute(_, { sequences }) {
        const same = sequences.length === reports.length && sequences.every(({ sequence, digest }, s) => reports[s]!.sequence === sequence && reports[s]!.digest === digest);
        if (!same) throw new ConsiliumError(dataErrors.imagesUnusable, 'The request asks for other extraction settings than the approved plan. Nothing was sent.');
        return extractionResult(reports);
      },
    };
    const find = (name: string, version: number) => (name === extractFeatures.name && version === extractFeatures.version ? (half as unknown as SiteStep) : findSiteStep(name, version));
    const outcome = await new InlineExecutor({ cohort, artefacts, site, find, ...(planOf ? { planOf } : {}) }).run(call);
    // It counts images, whatever the outcomes: no set of patients that a later question could be held against.
    return outcome.kind === 'contribution' ? { ...outcome, selection: null } : outcome;
  }
}
