import { extractionDigest, FEW_GREY_LEVELS, settingsDigest, type AskedSequence, type IntensityScale } from '@consilium/federation';
import type { SequenceReport } from '@consilium/federation/site';
import { ConsiliumError, dataErrors } from '@consilium/protocol';
import type { ExtractOptions, PlannedSequence } from '@consilium/study';
import { createHash } from 'node:crypto';
import { ContentDigests } from '../images/content-digest.js';
import type { ImageCase, ImageSource } from '../images/image-source.js';
import { withRememberedSeries } from '../images/remembered-series.js';
import type { CaseExtractor, CaseTask } from './case-result.js';
import { caseKey, type CaseStore } from './case-store.js';
import type { ExtractedFeatures } from './extracted-features.js';
import { requireSettings } from './read-settings.js';
import { timeLeft } from './time-left.js';
import type { ScaleMemory } from './scale-memory.js';
import { untilWithin, type WorkingHours } from './working-hours.js';

export interface SiteExtractionOptions {
  /** Null where agent.json names no images. */
  readonly source: ImageSource | null;
  readonly store: CaseStore;
  /** As many cases are in memory at a time. */
  readonly extractors: readonly CaseExtractor[];
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
  /** When cases are measured; at any time when absent. */
  readonly hours?: () => WorkingHours | null;
  /** Whether people of the site let it rest. */
  readonly resting?: () => boolean;
  /** The scale of intensities that a plan's extraction was last asked with. */
  readonly scales: ScaleMemory;
}

export interface Work {
  readonly signal: AbortSignal;
  /** Told after each case. */
  readonly onWork: (done: number, total: number, message: string) => void;
  /** Of the images that are brought to one. */
  readonly scale?: IntensityScale | null;
}

/** What is to be measured of a sequence. */
type Wanted = Pick<Planned, 'sequence' | 'task' | 'digest' | 'mayLack'>;

/** A patient's case of a sequence, or why there is none. */
interface Planned {
  readonly patient: string;
  readonly sequence: string;
  readonly task: Pick<CaseTask, 'settings' | 'intensity'>;
  readonly digest: string;
  /** Whether patients without it stay in the table. */
  readonly mayLack?: boolean;
  readonly found: { readonly key: string; readonly files: ImageCase } | { readonly refused: string };
}

export interface CaseState {
  readonly patient: string;
  readonly sequence: string;
  readonly state: 'measured' | 'refused' | 'absent' | 'to-do';
  /** The kind of refusal, or of what is missing. */
  readonly why: string | null;
  readonly sentence: string | null;
}

export interface SiteExtractionResult {
  readonly features: ExtractedFeatures;
  readonly reports: readonly SequenceReport[];
}

/**
 * A site's features under a plan's settings: found on the disk, or measured and put there. Nothing is measured twice, whichever run asks, and however often
 * the agent was killed in between.
 */
export class SiteExtraction {
  private readonly digests = new ContentDigests();
  /** Of folders, by their content and the protocols that are remembered. */
  private readonly resolved = new Map<string, Pick<ImageCase, 'series'>>();
  private opened: Promise<void> | undefined;
  private last: { readonly key: string; readonly result: SiteExtractionResult } | undefined;
  /** Cases are measured for one question after another: an extractor holds one at a time. */
  private turn: Promise<unknown> = Promise.resolve();
  private readonly closing = new AbortController();

  constructor(private readonly options: SiteExtractionOptions) {}

  /** sha256 of which images, masks, settings and engine the features of these patients come from, measured already or not. */
  async key(extract: ExtractOptions, patients: readonly string[]): Promise<string> {
    return keyOf(await this.plan(extract.sequences.map((one) => featuresOf(one, null)), patients));
  }

  /** Measures what is missing. Rejects with the signal's reason when it is aborted: what was measured stays. */
  async ensure(extract: ExtractOptions, patients: readonly string[], work: Work): Promise<SiteExtractionResult> {
    const { scale = null } = work;
    if (scale) await this.options.scales.keep(extract, scale);
    const wanted = extract.sequences.map((one) => featuresOf(one, scale));
    const { planned, measured } = await this.measured(wanted, patients, work);
    const key = keyOf(planned);
    if (this.last?.key !== key || measured) this.last = { key, result: this.collect(key, wanted, planned) };
    return this.last.result;
  }

  /** Landmarks of the patients' images of one sequence, on the scale from 0 to 100; images that have none are left out. Kept as features are. */
  async landmarks({ sequence, settings }: AskedSequence, patients: readonly string[], work: Work): Promise<ReadonlyMap<string, readonly number[]>> {
    const wanted = { sequence, task: { settings, intensity: { kind: 'landmarks' as const } }, digest: settingsDigest(JSON.stringify([settings, 'landmarks'])) };
    const { planned } = await this.measured([wanted], patients, work);
    return new Map(
      planned.flatMap(({ patient, found }): [string, readonly number[]][] => {
        const outcome = 'refused' in found ? found : this.options.store.read(found.key)!;
        return 'refused' in outcome ? [] : [[patient, outcome.values as number[]]];
      }),
    );
  }

  private async measured(wanted: readonly Wanted[], patients: readonly string[], work: Work): Promise<{ readonly planned: readonly Planned[]; readonly measured: boolean }> {
    await (this.opened ??= this.options.store.open());
    const planned = await this.plan(wanted, patients);
    const { store } = this.options;
    const missing = planned.filter(({ found }) => 'key' in found && !store.has(found.key));
    if (missing.length > 0) await this.inTurn(() => this.measure(missing, planned.length, work));
    return { planned, measured: missing.length > 0 };
  }

  /** Each after the one before, whatever became of that. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const own = this.turn.catch(() => undefined).then(work);
    this.turn = own;
    return own;
  }

  /**
   * Forgets what a patient's case of a sequence came to, and measures it anew: at once, or, where its scale of intensities is not known yet, when a question brings it. Resolves when it is forgotten.
   */
  async again(extract: ExtractOptions, patient: string, sequence: string): Promise<{ readonly measured: Promise<unknown> }> {
    await (this.opened ??= this.options.store.open());
    const scale = this.options.scales.of(extract);
    const wanted = extract.sequences.filter((one) => one.sequence === sequence).map((one) => featuresOf(one, scale));
    for (const { found } of await this.plan(wanted, [patient])) if ('key' in found) await this.options.store.forget(found.key);
    this.last = undefined;
    const known = extract.sequences.every((one) => one.sequence !== sequence || one.intensity !== 'nyul' || scale !== null);
    return { measured: known ? this.measured(wanted, [patient], { signal: this.closing.signal, onWork: () => undefined }) : Promise.resolve() };
  }

  /** What has become of each patient's case so far, on the scale of intensities that was asked last; measures nothing. */
  async cases(extract: ExtractOptions, patients: readonly string[]): Promise<CaseState[]> {
    await (this.opened ??= this.options.store.open());
    const { store } = this.options;
    const scale = this.options.scales.of(extract);
    return (await this.plan(extract.sequences.map((one) => featuresOf(one, scale)), patients)).map(({ patient, sequence, found }) => {
      if ('refused' in found) return { patient, sequence, state: 'absent', why: found.refused, sentence: null };
      const outcome = store.read(found.key);
      if (outcome === undefined) return { patient, sequence, state: 'to-do', why: null, sentence: null };
      return 'refused' in outcome ? { patient, sequence, state: 'refused', why: outcome.refused, sentence: outcome.sentence } : { patient, sequence, state: 'measured', why: null, sentence: null };
    });
  }

  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all(this.options.extractors.map((extractor) => extractor.close()));
  }

  private async plan(wanted: readonly Wanted[], patients: readonly string[]): Promise<Planned[]> {
    const { source } = this.options;
    if (source === null) throw new ConsiliumError(dataErrors.imagesUnusable, 'The plan extracts features, and the site names no images. Nothing was computed.');
    const planned: Planned[] = [];
    for (const { sequence, task, digest, mayLack } of wanted) {
      requireSettings(sequence, task.settings);
      for (const patient of patients) planned.push({ patient, sequence, task, digest, ...(mayLack ? { mayLack } : {}), found: await this.identify(source.find(patient, sequence), digest) });
    }
    return planned;
  }

  private async identify(files: ImageCase | string, settings: string): Promise<Planned['found']> {
    if (typeof files === 'string') return { refused: files };
    try {
      const [image, mask] = [await this.digests.of(files.image), await this.digests.of(files.mask)];
      const own = await this.resolve(files, image);
      return { key: caseKey({ image, mask, label: own.label, settings, series: own.series }), files: own };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      return { refused: 'unreadable' };
    }
  }

  /** The case with its series: a remembered one is an outcome's name as a chosen one is. */
  private async resolve(files: ImageCase, image: string): Promise<ImageCase> {
    if (files.protocols === undefined) return files;
    const key = JSON.stringify([image, files.protocols]);
    const known = this.resolved.get(key);
    if (known !== undefined) return { ...files, ...known };
    const { series } = await withRememberedSeries(files);
    this.resolved.set(key, series === undefined ? {} : { series });
    return { ...files, ...(series === undefined ? {} : { series }) };
  }

  private async measure(missing: readonly Planned[], total: number, { signal, onWork }: Work): Promise<void> {
    const { store, extractors, hours, resting, now = () => performance.now() } = this.options;
    // Two patients may share an image, and another question may have asked for it meanwhile: a case is measured once.
    const queue = [...new Map(missing.map((one) => [(one.found as { key: string }).key, one])).values()].filter(({ found }) => !store.has((found as { key: string }).key));
    const began = now();
    const before = total - queue.length;
    let done = 0;
    onWork(before, total, 'extracting features');
    const failed = new AbortController();
    const stop = AbortSignal.any([signal, failed.signal]);
    const serve = async (extractor: CaseExtractor): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        await untilWithin({ hours, resting }, stop, () => onWork(before + done, total, resting?.() ? 'extraction rests at the site' : 'outside the hours for extraction'));
        const { key, files } = next.found as Extract<Planned['found'], { key: string }>;
        await store.keep(key, await extractor.extract({ image: files.image, mask: files.mask, label: files.label, ...(files.series === undefined ? {} : { series: files.series }), ...next.task }, stop));
        done++;
        onWork(before + done, total, `extracting features, ${timeLeft(now() - began, done, total - before)}`);
      }
    };
    const results = await Promise.allSettled(
      extractors.map((extractor) =>
        serve(extractor).catch((error: unknown) => {
          failed.abort(error);
          throw error;
        }),
      ),
    );
    signal.throwIfAborted();
    const fault = results.find((result) => result.status === 'rejected');
    if (fault) throw fault.reason;
  }

  private collect(key: string, wanted: readonly Wanted[], planned: readonly Planned[]): SiteExtractionResult {
    const { store } = this.options;
    const sequences: ExtractedFeatures['sequences'][number][] = [];
    const reports: SequenceReport[] = [];
    for (const { sequence, digest, mayLack } of wanted) {
      const refused = new Map<string, number>();
      const levels: number[] = [];
      const cases: { patient: string; key: string; path: string }[] = [];
      let names: readonly string[] = [];
      const own = planned.filter((one) => one.sequence === sequence);
      for (const { patient, found } of own) {
        const outcome = 'refused' in found ? found : store.read(found.key)!;
        if ('refused' in outcome) refused.set(outcome.refused, (refused.get(outcome.refused) ?? 0) + 1);
        else {
          cases.push({ patient, key: (found as { key: string }).key, path: store.pathOf((found as { key: string }).key) });
          // A region too small for a filter has fewer features; those it lacks are missing values.
          if (outcome.names.length > names.length) names = outcome.names;
          if (outcome.greyLevels !== null) levels.push(outcome.greyLevels);
        }
      }
      sequences.push({ sequence, names, cases, ...(mayLack ? { mayLack } : {}) });
      reports.push({ sequence, digest, names, patients: own.length, refused, fewGreyLevels: levels.filter((count) => count < FEW_GREY_LEVELS).length, levelsCounted: levels.length });
    }
    return { features: { key, sequences }, reports };
  }
}

const keyOf = (planned: readonly Planned[]): string =>
  createHash('sha256').update(JSON.stringify(planned.map(({ patient, sequence, digest, found, mayLack }) => [patient, sequence, digest, 'key' in found ? found.key : found.refused, ...(mayLack ? ['may lack'] : [])]))).digest('hex');

/** The features of a sequence. Before its scale is known, a name for what they will be: enough for the version of the data. */
function featuresOf(asked: PlannedSequence, scale: IntensityScale | null): Wanted {
  const { sequence, settings, intensity } = asked;
  const own = scale?.sequences.find((one) => one.sequence === sequence);
  const how = intensity === 'nyul' ? own && { kind: intensity, scale: [...own.landmarks] } : intensity && { kind: intensity };
  return { sequence, task: { settings, ...(how ? { intensity: how } : {}) }, digest: extractionDigest(asked, scale), ...(asked.mayLack ? { mayLack: true } : {}) };
}
