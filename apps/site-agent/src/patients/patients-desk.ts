import { likelySeries, type Plane, type SlicePicture } from '@consilium/imaging';
import { removeUnfinished, writeDurably } from '@consilium/operations';
import { agentErrors, ConsiliumError, dataErrors } from '@consilium/protocol';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CohortReader } from '../data/cohort.js';
import type { CaseLimits } from '../extraction/case-time.js';
import type { ImageCase, ImageSource, NoCase } from '../images/image-source.js';
import type { SeriesChoice, SeriesChoices } from '../images/series-choices.js';
import { caseQualitySchema, type CaseQuality } from '../quality/case-quality.js';
import { QualityThread } from '../quality/quality-thread.js';
import { PatientReviews, type PatientReview } from './patient-reviews.js';

export interface PatientsDeskOptions {
  readonly cohort: CohortReader;
  /** Null where agent.json names no images. */
  readonly source: ImageSource | null;
  /** What was found of each case: files of the site, never sent. */
  readonly folder: string;
  readonly reviews: PatientReviews;
  readonly choices: SeriesChoices;
  readonly now: () => number;
  /** How long a case may take to be read and looked at. */
  readonly limits: CaseLimits;
  /** Told the code of a failure that nobody waits for, never a path. */
  readonly onFault: (code: string) => void;
}

/** What is known of a patient's case of a sequence. */
export type CaseView = { readonly sequence: string } & ({ readonly state: 'absent'; readonly why: NoCase } | { readonly state: 'unread' } | { readonly state: 'read'; readonly quality: CaseQuality } | { readonly state: 'fault' });

interface Found {
  readonly files: ImageCase;
  /** Changes when image or mask does. */
  readonly stamp: string;
}

/** Patients of the site with the quality of their images, and what people decided. Images are read one after another, in a thread, when somebody looks. */
export class PatientsDesk {
  private readonly thread: QualityThread;
  private readonly faults = new Set<string>();
  private scan: { readonly total: number; done: number } | undefined;
  private closed = false;
  private folder: Promise<void> | undefined;

  constructor(private readonly options: PatientsDeskOptions) {
    this.thread = new QualityThread(options.limits);
  }

  /** All patients, those that are excluded too. */
  patients(): readonly string[] {
    return this.options.cohort.readUnreviewed().table.pseudonyms;
  }

  sequences(): readonly string[] {
    return this.options.source?.sequences() ?? [];
  }

  problems(): readonly string[] {
    return this.options.source?.problems ?? [];
  }

  reviews(): readonly PatientReview[] {
    return this.options.reviews.read();
  }

  get scanning(): { readonly total: number; readonly done: number } | null {
    return this.scan ?? null;
  }

  cases(patient: string): CaseView[] {
    return this.sequences().map((sequence) => this.view(sequence, this.find(patient, sequence)));
  }

  /** Reads every case that has not been read as it is, in the background. */
  read(): void {
    if (this.scan || this.closed || !this.options.source) return;
    const pending = this.patients().flatMap((patient) => this.sequences().flatMap((sequence) => {
      const found = this.find(patient, sequence);
      return typeof found !== 'string' && this.view(sequence, found).state === 'unread' ? [found] : [];
    }));
    if (pending.length === 0) return;
    const scan = { total: pending.length, done: 0 };
    this.scan = scan;
    void this.readAll(pending, scan)
      .catch((error: unknown) => this.options.onFault((error as NodeJS.ErrnoException).code ?? 'unknown'))
      .finally(() => (this.scan = undefined));
  }

  /** As `read`, for one patient and before all others. */
  async readPatient(patient: string): Promise<CaseView[]> {
    this.require(patient);
    const found = this.sequences().map((sequence) => this.find(patient, sequence));
    for (const [s, one] of found.entries()) if (typeof one !== 'string' && this.view(this.sequences()[s]!, one).state === 'unread') await this.readCase(one, true);
    return this.cases(patient);
  }

  async slice(patient: string, sequence: string, plane: Plane, index: number): Promise<SlicePicture> {
    this.require(patient);
    const found = this.sequences().includes(sequence) ? this.find(patient, sequence) : 'no-image';
    if (typeof found === 'string') throw new ConsiliumError(agentErrors.consoleNotFound, 'The patient has no image and mask of this sequence.');
    const answer = await this.thread.ask({ kind: 'slice', ...found, plane, index }, { first: true });
    if ('picture' in answer) return answer.picture;
    throw new ConsiliumError(dataErrors.imagesUnusable, 'refused' in answer ? answer.refused.sentence : 'The image could not be drawn.');
  }

  /** Holds from the next question on: an excluded patient is in no view of this site. */
  async review(patient: string, review: Pick<PatientReview, 'decision' | 'reason' | 'consent'>): Promise<void> {
    this.require(patient);
    await this.options.reviews.add({ patient, ...review, at: this.at() });
  }

  /** Which series of the folder is the patient's sequence: holds from the next question on, and for the pictures at once. Null: as the reader decides. */
  async chooseSeries(patient: string, sequence: string, series: string | null): Promise<void> {
    this.require(patient);
    const candidates = await this.candidates(patient, sequence);
    if (series !== null && !candidates.some(({ id }) => id === series)) throw new ConsiliumError(agentErrors.consoleNotFound, 'The folder of this sequence has no such series. Nothing was changed.');
    await this.options.choices.choose({ patient, sequence, series, at: this.at() });
  }

  /**
   * The protocol of this series of the patient's folder is the sequence for every patient for whom nobody chooses, of all that this scanner makes; null: none of the folder's
   * protocols is any more.
   */
  async rememberSeries(patient: string, sequence: string, series: string | null): Promise<void> {
    this.require(patient);
    const candidates = await this.candidates(patient, sequence);
    const meant = candidates.find(({ id }) => id === series);
    if (series !== null && meant === undefined) throw new ConsiliumError(agentErrors.consoleNotFound, 'The folder of this sequence has no such series. Nothing was changed.');
    if (meant && likelySeries(candidates).filter(({ protocol }) => protocol === meant.protocol).length > 1) throw new ConsiliumError(agentErrors.consoleNotFound, 'Another series of this folder has the same scanner and protocol, so the protocol does not tell which is meant. Choose for each patient. Nothing was changed.');
    await this.options.choices.remember(sequence, { protocol: meant?.protocol ?? null, among: candidates.map(({ protocol }) => protocol), at: this.at() });
  }

  private async candidates(patient: string, sequence: string): Promise<NonNullable<CaseQuality['series']>['candidates']> {
    const view = (await this.readPatient(patient)).find((one) => one.sequence === sequence);
    return view?.state === 'read' ? (view.quality.series?.candidates ?? []) : [];
  }

  private at(): string {
    return new Date(this.options.now()).toISOString();
  }

  /** Of each sequence where somebody chose. */
  choices(patient: string): readonly SeriesChoice[] {
    return this.sequences().flatMap((sequence) => this.options.choices.of(patient, sequence) ?? []);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.thread.close();
  }

  private require(patient: string): void {
    if (!this.patients().includes(patient)) throw new ConsiliumError(agentErrors.consoleNotFound, 'The tables have no patient of this identifier.');
  }

  private find(patient: string, sequence: string): Found | NoCase {
    const files = this.options.source!.find(patient, sequence);
    if (typeof files === 'string') return files;
    const { protocols, ...own } = files;
    const parts = [stampOf(files.image), stampOf(files.mask), files.label, ...(files.series === undefined ? [] : [files.series])];
    const stamp = digestOf(parts);
    // Where the reader finds the series by itself no protocol changes it: what was read of it stands.
    const before = protocols === undefined ? undefined : this.known(stamp);
    if (protocols === undefined || (before && before.series?.by !== 'nobody')) return { files: own, stamp };
    return { files, stamp: digestOf([...parts, { protocols }]) };
  }

  private view(sequence: string, found: Found | NoCase): CaseView {
    if (typeof found === 'string') return { sequence, state: 'absent', why: found };
    if (this.faults.has(found.stamp)) return { sequence, state: 'fault' };
    const quality = this.known(found.stamp);
    return quality ? { sequence, state: 'read', quality } : { sequence, state: 'unread' };
  }

  private known(stamp: string): CaseQuality | undefined {
    const path = join(this.options.folder, `${stamp}.json`);
    if (!existsSync(path)) return undefined;
    try {
      return caseQualitySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    } catch {
      return undefined;
    }
  }

  private async readAll(pending: readonly Found[], scan: { done: number }): Promise<void> {
    for (const found of pending) {
      if (this.closed) return;
      if (!this.known(found.stamp)) await this.readCase(found, false);
      scan.done++;
    }
  }

  /** Once: what another case is writing at this moment must stay. */
  private async openFolder(): Promise<void> {
    await mkdir(this.options.folder, { recursive: true, mode: 0o700 });
    await removeUnfinished(this.options.folder);
  }

  private async readCase(found: Found, first: boolean): Promise<void> {
    const answer = await this.thread.ask({ kind: 'quality', ...found }, { first });
    if ('fault' in answer) {
      if (!this.closed) this.faults.add(found.stamp);
      return;
    }
    if ('picture' in answer) return;
    const quality: CaseQuality = 'quality' in answer ? answer.quality : { format: 2, flags: [answer.refused], image: null, series: null, region: null };
    await (this.folder ??= this.openFolder());
    await writeDurably(join(this.options.folder, `${found.stamp}.json`), JSON.stringify(quality));
  }
}

const digestOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** Path, size, time and inode of a file, or of all files of a folder. */
function stampOf(path: string): unknown {
  const one = statSync(path);
  if (!one.isDirectory()) return [path, one.size, one.mtimeMs, one.ino];
  return [path, ...readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => name).sort().map((name) => stampOf(join(path, name)))];
}
