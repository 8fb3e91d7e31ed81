import { requests } from '@consilium/interface';
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
  readonly plans: readonly PlanHead[];
  readonly runs: readonly { readonly run: string; readonly plan: string; readonly state: 'open' | 'paused'; readonly title: string | null; readonly study: string | null }[];
  readonly today: { readonly records: number; readonly parts: number; readonly bytes: number };
  readonly last: { readonly sequence: number; readonly at: string; readonly bytes: number; readonly parts: number; readonly steps: readonly string[] } | null;
  readonly ledger: { readonly records: number };
  readonly unsettled: number;
}

export interface Finding {
  readonly check: string;
  readonly outcome: 'well' | 'warning' | 'problem' | 'not looked at';
  readonly sentence: string;
  readonly fix?: string;
}

const { ask, get, post } = requests(() => ({
  sentence: words.t('shell.away'),
  help: words.t('shell.awayHelp'),
  answered: (status) => words.t('shell.answered', { status }),
}));

/** The agent's API, as this console uses it. */
export const api = {
  session: () => get<{ readonly site: string }>('/api/session'),
  signIn: (password: string) => post<{ readonly site: string }>('/api/session', { password }),
  signOut: async () => void (await ask('DELETE', '/api/session')),
  state: (since: string) => get<SiteState>(`/api/state?since=${encodeURIComponent(since)}`),
  doctor: () => get<{ readonly findings: readonly Finding[]; readonly exitCode: number }>('/api/doctor'),
};
