import { requests } from '@consilium/interface';
import type { ApprovalRequest, ReviewRequest, SettingsRequest } from '@consilium/protocol/requests';
import type { Extraction, LedgerPage, LedgerRecord, Patient, PatientGrid, Plan, PlaneName, PlanLine, PlanReview, Settings, Slice, Verification } from './types.js';
import { words } from './words/language.js';

export interface PlanHead {
  readonly digest: string;
  readonly study: string;
  readonly title: string;
  readonly version: number;
  readonly receivedAt: string;
}

export interface SiteState {
  readonly site: string;
  readonly coordinator: string;
  readonly version: string;
  readonly fingerprint: string;
  readonly now: string;
  readonly connection: { readonly state: 'connecting' | 'connected' | 'waiting' | 'refused' | 'closed'; readonly since: string; readonly trouble: { readonly code: string; readonly sentence: string; readonly help: string } | null };
  /** By the people at the site; null where it works. */
  readonly stopped: { readonly at: string; readonly reason: string | null } | null;
  readonly plans: readonly PlanHead[];
  readonly runs: readonly { readonly run: string; readonly plan: string; readonly state: 'open' | 'paused'; readonly title: string | null; readonly study: string | null }[];
  readonly today: { readonly records: number; readonly parts: number; readonly bytes: number };
  readonly last: { readonly sequence: number; readonly at: string; readonly bytes: number; readonly parts: number; readonly steps: readonly string[] } | null;
  readonly ledger: { readonly records: number };
  readonly unsettled: number;
}

export interface StopEffects {
  readonly lasting: boolean;
  readonly connection: boolean;
  readonly maskKeys: boolean;
}

export interface Finding {
  readonly check: string;
  readonly outcome: 'well' | 'warning' | 'problem' | 'not looked at';
  readonly sentence: string;
  readonly fix?: string;
}

const { ask, get, post, put } = requests(() => ({
  sentence: words.t('shell.away'),
  help: words.t('shell.awayHelp'),
  answered: (status) => words.t('shell.answered', { status }),
}));

const part = encodeURIComponent;

export interface LedgerFilter {
  readonly before?: number | undefined;
  readonly event?: string | undefined;
  readonly run?: string | undefined;
  readonly step?: string | undefined;
}

/** What is set, as the query of an address. */
export const queryOf = (filter: { readonly [name: string]: string | number | undefined }): string =>
  new URLSearchParams(Object.entries(filter).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, String(value)]]))).toString();

/** The agent's API, as this console uses it. */
export const api = {
  session: () => get<{ readonly site: string }>('/api/session'),
  signIn: (password: string) => post<{ readonly site: string }>('/api/session', { password }),
  signOut: async () => void (await ask('DELETE', '/api/session')),
  state: (since: string) => get<SiteState>(`/api/state?since=${encodeURIComponent(since)}`),
  plans: () => get<readonly PlanLine[]>('/api/plans'),
  plan: (digest: string) => get<Plan>(`/api/plans/${part(digest)}`),
  planReview: (digest: string) => get<PlanReview>(`/api/plans/${part(digest)}/review`),
  approve: (digest: string, approval: ApprovalRequest) => post<Plan>(`/api/plans/${part(digest)}/approval`, approval),
  refuse: (digest: string, reason: string) => post<Plan>(`/api/plans/${part(digest)}/refusal`, { reason }),
  withdraw: (digest: string, reason: string) => post<Plan>(`/api/plans/${part(digest)}/withdrawal`, { reason }),
  ledger: (filter: LedgerFilter) => get<LedgerPage>(`/api/ledger?${queryOf({ ...filter })}`),
  record: (sequence: number) => get<LedgerRecord>(`/api/ledger/${sequence}`),
  verifyLedger: () => get<Verification>('/api/ledger/verification'),
  stop: (reason: string) => post<StopEffects>('/api/stop', { reason }),
  resume: (password: string) => post('/api/resume', { password }),
  settings: () => get<Settings>('/api/settings'),
  saveSettings: (change: SettingsRequest) => put<Settings>('/api/settings', change),
  patients: () => get<PatientGrid>('/api/patients'),
  patient: (patient: string) => get<Patient>(`/api/patients/${part(patient)}`),
  slice: (patient: string, sequence: string, plane: PlaneName, index: number) => get<Slice>(`/api/patients/${part(patient)}/slice?${queryOf({ sequence, plane, index })}`),
  review: (patient: string, review: ReviewRequest) => post<Patient>(`/api/patients/${part(patient)}/review`, review),
  chooseSeries: (patient: string, choice: { readonly sequence: string; readonly series: string | null; readonly remember: boolean }) => post<Patient>(`/api/patients/${part(patient)}/series`, choice),
  extractAgain: (patient: string, sequence: string) => post<{ readonly plans: number }>(`/api/patients/${part(patient)}/extraction`, { sequence }),
  restExtraction: (rest: boolean) => post<Extraction>(`/api/extraction/${rest ? 'pause' : 'resume'}`, {}),
  extraction: (plan?: string) => get<Extraction>(`/api/extraction?${queryOf({ plan })}`),
  doctor: () => get<{ readonly findings: readonly Finding[]; readonly exitCode: number }>('/api/doctor'),
};
