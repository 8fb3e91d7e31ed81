import type { ResultsFile } from '@consilium/charts';
import { requests } from '@consilium/interface';
import type { RunRecord } from '@consilium/report';

export type Role = 'administrator' | 'data-scientist' | 'investigator';

export interface Person {
  readonly name: string;
  readonly role: Role;
}

export interface Site {
  readonly name: string;
  readonly state: 'waiting' | 'admitted' | 'revoked';
  readonly fingerprint: string;
  readonly agentVersion: string;
  readonly enrolledAt: string;
  readonly admittedAt: string | null;
  readonly revokedAt: string | null;
  readonly seenAt: string | null;
  readonly stoppedAt?: string | null;
  readonly connected: boolean;
  readonly connectedSince: string | null;
  readonly lastContributionAt: string | null;
}

export interface SiteKey {
  readonly publicKey: string;
  readonly fingerprint: string;
  readonly since: string;
}

export interface Study {
  readonly name: string;
  readonly title: string;
  readonly createdAt: string;
  readonly sites: readonly string[];
}

export interface PlanHead {
  readonly digest: string;
  readonly study: string;
  readonly title: string;
  readonly version: string;
  readonly sites: readonly string[];
  readonly signature: string | null;
  readonly uploadedBy: string;
  readonly uploadedAt: string;
  readonly signedAt: string | null;
}

export interface Decision {
  readonly site: string;
  readonly decision: 'approved' | 'refused' | 'withdrawn';
  readonly decidedAt: string;
  readonly expiresAt: string | null;
  readonly reason: string | null;
}

export interface Plan extends PlanHead {
  readonly text: string;
  readonly decisions: readonly Decision[];
}

export type RunState = 'open' | 'paused' | 'closed' | 'failed' | 'cancelled';

export interface Run {
  readonly id: string;
  readonly plan: string;
  readonly study: string;
  readonly sites: readonly string[];
  readonly state: RunState;
  readonly reason: string | null;
  readonly code: string | null;
  readonly launchedBy: string;
  readonly launchedAt: string;
  readonly endedAt: string | null;
  readonly results: string | null;
  readonly record: string | null;
}

export interface ShownRun extends Run {
  readonly siteSets: readonly { readonly generation: number; readonly sites: readonly string[]; readonly decidedBy: string; readonly decidedAt: string }[];
  readonly rounds: { readonly open: number; readonly closed: number };
}

export interface Progress {
  readonly run: string;
  readonly version: number;
  readonly stage: { readonly name: string; readonly index: number; readonly count: number } | null;
  readonly step: string | null;
  readonly rounds: number;
  readonly answered: readonly string[];
  readonly missing: readonly string[];
  readonly deadline: string | null;
  readonly done: number;
  readonly total: number;
  readonly message: string;
  readonly work: Readonly<Record<string, { readonly done: number; readonly total: number; readonly message: string }>>;
  readonly executing: boolean;
  readonly startedAt: string | null;
  readonly state: RunState;
  readonly reason: string | null;
}

export interface ShownRound {
  readonly number: number;
  readonly id: string;
  readonly stageName: string;
  readonly step: string;
  readonly state: string;
  readonly sites: number;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly outcome: string | null;
}

export interface Timeline {
  readonly from: number;
  readonly to: number;
  readonly now: number | null;
  readonly lanes: readonly { readonly site: string; readonly rounds: number; readonly medianSeconds: number | null; readonly bytes: number; readonly bars: readonly { readonly from: number; readonly to: number; readonly rounds: number; readonly state: 'answered' | 'late' | 'refused' | 'waiting' }[] }[];
  readonly stages: readonly { readonly name: string; readonly from: number }[];
}

/** Sites of whose training rows patients withdrew their consent since, in steps of each site's minimum count. */
export interface Lineage {
  readonly models: readonly string[];
  readonly withdrawn: readonly { readonly site: string; readonly atLeast: number; readonly below: number; readonly toldAt: string }[];
}

interface Influence {
  readonly site: string;
  readonly rounds: number;
  readonly median: number;
  readonly largest: number;
}

/** What was seen in the contributions of a run's rounds. */
export interface Signs {
  readonly lookedAt: number;
  readonly masked: number;
  readonly signs: readonly { readonly kind: 'same' | 'echo' | 'empty' | 'far'; readonly sites: readonly string[]; readonly rounds: number; readonly steps: readonly string[]; readonly figure: number | null }[];
  readonly sums: readonly Influence[];
  readonly answers: readonly Influence[];
}

export interface AuditEntry {
  readonly sequence: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: string;
}

export interface ArtefactFile {
  readonly digest: string;
  readonly kind: string;
  readonly size: string;
  readonly createdAt: string;
}

const { ask, get, post } = requests(() => ({
  sentence: 'The coordinator does not answer. Nothing was changed.',
  help: 'Check the connection, then try again. What is on the page may be old.',
  answered: (status) => `The coordinator answered ${status}. Nothing is known to have changed.`,
}));

const part = encodeURIComponent;

/** As many entries as the audit page of a run shows. */
export const RUN_AUDIT_LIMIT = 500;

/** The coordinator's API, as this dashboard uses it. */
export const api = {
  me: () => get<Person>('/api/me'),
  signIn: (name: string, password: string) => post<Person>('/api/session', { name, password }),
  /** What the sign-in page offers beside a password. */
  provider: () => get<{ readonly provider: string | null }>('/api/oidc'),
  signOut: async () => void (await ask('DELETE', '/api/session')),
  accounts: () => get<readonly { name: string; role: Role; createdAt: string; closedAt: string | null }[]>('/api/accounts'),
  createAccount: (account: { name: string; role: Role; password: string }) => post('/api/accounts', account),
  closeAccount: async (name: string) => void (await ask('DELETE', `/api/accounts/${part(name)}`)),
  sites: () => get<readonly Site[]>('/api/sites'),
  siteKeys: (site: string) => get<readonly SiteKey[]>(`/api/sites/${part(site)}/keys`),
  invite: (site: string) => post<{ invite: string; expiresAt: string }>('/api/sites/invites', { site }),
  admit: (site: string, fingerprint: string) => post<Site>(`/api/sites/${part(site)}/admission`, { fingerprint }),
  revoke: (site: string, reason: string) => post(`/api/sites/${part(site)}/revocation`, { reason }),
  studies: () => get<readonly Study[]>('/api/studies'),
  createStudy: (study: { name: string; title: string; sites: readonly string[] }) => post('/api/studies', study),
  plans: (study: string) => get<readonly PlanHead[]>(`/api/plans?study=${part(study)}`),
  plan: (digest: string) => get<Plan>(`/api/plans/${part(digest)}`),
  checkPlan: (text: string) => post<{ digest?: string; warnings?: readonly string[]; problems?: readonly string[] }>('/api/plans/check', { text }),
  uploadPlan: (text: string) => post<PlanHead & { warnings: readonly string[] }>('/api/plans', { text }),
  signPlan: (digest: string) => post<PlanHead>(`/api/plans/${part(digest)}/signature`),
  runs: () => get<readonly Run[]>('/api/runs'),
  run: (id: string) => get<ShownRun>(`/api/runs/${part(id)}`),
  launch: (plan: string) => post<Run>('/api/runs', { plan }),
  command: (id: string, command: 'pause' | 'resume' | 'cancel' | 'restart', body: unknown = {}) => post<Run>(`/api/runs/${part(id)}/${command}`, body),
  results: (id: string) => get<ResultsFile>(`/api/runs/${part(id)}/results`),
  record: (id: string) => get<RunRecord>(`/api/runs/${part(id)}/record`),
  timeline: (id: string) => get<Timeline>(`/api/runs/${part(id)}/timeline`),
  rounds: (id: string, from: number) => get<readonly ShownRound[]>(`/api/runs/${part(id)}/rounds?from=${from}&limit=1000`),
  lineage: (id: string) => get<Lineage>(`/api/runs/${part(id)}/lineage`),
  signs: (id: string) => get<Signs>(`/api/runs/${part(id)}/signs`),
  artefacts: (id: string) => get<readonly ArtefactFile[]>(`/api/runs/${part(id)}/artefacts`),
  audit: (before?: number) => get<readonly AuditEntry[]>(`/api/audit?limit=200${before === undefined ? '' : `&before=${before}`}`),
  runAudit: (id: string) => get<readonly AuditEntry[]>(`/api/runs/${part(id)}/audit?limit=${RUN_AUDIT_LIMIT}`),
  verifyAudit: () => get<{ intact: boolean; entries: number; firstBreak: number | null }>('/api/audit/verification'),
};
