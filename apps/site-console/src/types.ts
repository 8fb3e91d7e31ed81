import type { LedgerEntry, PlanStage, Rendering, ViewSummary } from '@consilium/protocol';
import type { Hours, Limits, SettingsRequest } from '@consilium/protocol/requests';

export type { LedgerPart, PlanStage, Rendering, ViewSummary } from '@consilium/protocol';
export type { Hours, Limits } from '@consilium/protocol/requests';

/** What the agent tells, as this console reads it. */
export interface Decision {
  readonly decision: 'approved' | 'refused' | 'withdrawn';
  readonly decidedAt: string;
  readonly expiresAt: string | null;
  readonly reason: string | null;
  readonly expired: boolean;
  /** Null where the whole plan was approved. */
  readonly stages: readonly PlanStage[] | null;
}

export interface PlanLine {
  readonly digest: string;
  readonly study: string;
  readonly receivedAt: string;
  readonly title: string;
  readonly version: number;
  readonly sites: readonly string[];
  readonly disclosure: string;
  readonly decision: Decision | null;
}

export interface Plan extends PlanLine {
  readonly text: string;
  readonly signedBy: string;
  readonly masked: boolean;
  readonly participants: readonly { readonly site: string; readonly words: string }[];
  readonly limits: Limits;
  readonly approvalDays: number;
  readonly fit: { readonly problems: readonly string[]; readonly warnings: readonly string[]; readonly patients: number; readonly events: number };
  readonly earlier: readonly { readonly digest: string; readonly title: string; readonly version: number; readonly text: string }[];
}

export interface StepReview {
  readonly step: string;
  readonly sends: string;
  readonly kind: 'sum' | 'gather';
  readonly asked: number;
  readonly passed: number;
  readonly bytes: number;
  readonly sample: { readonly view: ViewSummary; readonly rendering: Rendering; readonly size: number; readonly exact: boolean } | null;
  readonly withheld: { readonly rule: string; readonly sentence: string } | null;
}

export interface PlanReview {
  readonly masked: boolean;
  readonly stages: readonly { readonly stage: PlanStage; readonly steps: readonly StepReview[] }[];
  readonly complete: boolean;
  readonly notes: readonly string[];
}

export type LedgerEvent = LedgerEntry['event'] | 'note';

export interface LedgerLine {
  readonly sequence: number;
  readonly at: string;
  readonly event: LedgerEvent;
  readonly run: string | null;
  readonly plan: string | null;
  readonly steps: readonly string[];
  readonly rules: readonly string[];
  readonly parts: number;
  readonly refusals: number;
  readonly bytes: number;
  readonly digest: string;
}

export interface LedgerPage {
  readonly total: number;
  readonly bytes: number;
  readonly events: readonly LedgerEvent[];
  readonly runs: readonly string[];
  readonly lines: readonly LedgerLine[];
}

export interface LedgerRecord {
  readonly sequence: number;
  readonly digest: string;
  readonly note?: string;
  readonly last: number;
  readonly entry?: LedgerEntry;
}

export interface Verification {
  readonly intact: boolean;
  readonly records: number;
  readonly digest: string | null;
  readonly firstBreak: { readonly sequence: number; readonly reason: string } | null;
  readonly at: string;
}

export interface Settings extends SettingsRequest {
  readonly profiles: Readonly<Record<string, Limits>>;
  readonly steps: readonly { readonly name: string; readonly kind: string; readonly leaves: 'sum' | 'per-site' | 'model' }[];
  readonly tables: readonly { readonly name: string; readonly file: string }[];
  readonly images: { readonly kind: string; readonly place: string } | null;
}

export type CellState = 'well' | 'flagged' | 'refused' | 'unread' | 'fault' | 'no-image' | 'no-mask' | 'outside-folder';

export interface Review {
  readonly decision: 'accepted' | 'excluded' | 'reset';
  readonly reason: string | null;
  /** Excluded since the patient withdrew consent. */
  readonly consent?: 'withdrawn';
  readonly at: string;
}

export interface PatientGrid {
  readonly sequences: readonly string[];
  readonly problems: readonly string[];
  readonly scanning: { readonly total: number; readonly done: number } | null;
  readonly runs: number;
  readonly patients: readonly { readonly patient: string; readonly cells: readonly { readonly sequence: string; readonly state: CellState; readonly flags: number }[]; readonly review: Review | null }[];
}

export type PlaneName = 'axial' | 'coronal' | 'sagittal';

/** A series of an image's folder, as the scanner described it. */
export interface Candidate {
  readonly id: string;
  readonly modality: string;
  readonly number: number | null;
  readonly description: string | null;
  readonly scanner: string | null;
  /** The same for every series of this scanner and protocol. */
  readonly protocol: string;
  readonly slices: number;
  readonly size: readonly [number, number];
  readonly bValue: number | null;
  readonly lossy: boolean;
}

export interface Quality {
  readonly flags: readonly { readonly kind: string; readonly severity: 'refuse' | 'flag' | 'note'; readonly sentence: string }[];
  readonly image: { readonly size: readonly [number, number, number]; readonly spacing: readonly [number, number, number]; readonly notes: readonly string[] } | null;
  /** Null where the image is a file. */
  readonly series: { readonly chosen: string | null; readonly by: 'hospital' | 'remembered' | 'only' | 'nobody'; readonly candidates: readonly Candidate[] } | null;
  readonly region: { readonly label: number; readonly labels: readonly number[]; readonly voxels: number; readonly millilitres: number; readonly notes: readonly string[]; readonly slices: Readonly<Record<PlaneName, number>> } | null;
}

export type CaseView = { readonly sequence: string } & ({ readonly state: 'read'; readonly quality: Quality } | { readonly state: 'absent'; readonly why: 'no-image' | 'no-mask' | 'outside-folder' } | { readonly state: 'unread' | 'fault' });

export interface Patient {
  readonly patient: string;
  readonly cases: readonly CaseView[];
  readonly place: number;
  readonly of: number;
  readonly before: string | null;
  readonly after: string | null;
  readonly runs: number;
  readonly reviews: readonly Review[];
  /** Series that somebody chose here. */
  readonly choices: readonly { readonly sequence: string; readonly series: string | null; readonly at: string }[];
}

export interface Slice {
  readonly plane: PlaneName;
  readonly index: number;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly pixel: readonly [number, number];
  /** Base64, one byte a pixel. */
  readonly grey: string;
  readonly outline: string;
}

export interface Extraction {
  readonly plans: readonly { readonly digest: string; readonly title: string; readonly version: number }[];
  readonly plan: string | null;
  readonly cases: readonly { readonly patient: string; readonly sequence: string; readonly state: 'measured' | 'refused' | 'absent' | 'to-do'; readonly why: string | null; readonly sentence: string | null }[];
  readonly work: readonly { readonly run: string; readonly done: number; readonly total: number; readonly told: number; readonly secondsLeft: number | null }[];
  readonly hours: Hours | null;
  /** Since when people let it rest. */
  readonly rest: { readonly at: string } | null;
  readonly now: string;
}
