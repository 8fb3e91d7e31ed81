import { keepPreviousData, QueryClient, queryOptions } from '@tanstack/react-query';
import { Refused } from '@consilium/interface';
import { api, type LedgerFilter } from './api.js';
import type { PlaneName } from './types.js';
import { startOfDay } from './words/formats.js';

/** Refusals are answers and are not asked again; an absent agent is. */
export const queries = new QueryClient({
  defaultOptions: {
    // Whether the machine is on the internet says nothing about a server in the house, or on the machine itself.
    mutations: { networkMode: 'always' },
    queries: { networkMode: 'always', staleTime: 2_000, retry: (count, error) => error instanceof Refused && error.status === 0 && count < 3, refetchOnWindowFocus: true },
  },
});

export const ask = {
  session: queryOptions({ queryKey: ['session'], queryFn: api.session, staleTime: 60_000, retry: false }),
  state: queryOptions({ queryKey: ['state'], queryFn: () => api.state(startOfDay()), refetchInterval: 2_000 }),
  plans: queryOptions({ queryKey: ['plans'], queryFn: api.plans, refetchInterval: 5_000 }),
  plan: (digest: string) => queryOptions({ queryKey: ['plan', digest], queryFn: () => api.plan(digest) }),
  review: (digest: string) => queryOptions({ queryKey: ['review', digest], queryFn: () => api.planReview(digest), staleTime: 600_000, refetchOnWindowFocus: false, retry: false }),
  ledger: (filter: LedgerFilter) => queryOptions({ queryKey: ['ledger', filter], queryFn: () => api.ledger(filter), refetchInterval: filter.before === undefined ? 5_000 : false, placeholderData: keepPreviousData }),
  record: (sequence: number) => queryOptions({ queryKey: ['record', sequence], queryFn: () => api.record(sequence) }),
  settings: queryOptions({ queryKey: ['settings'], queryFn: api.settings }),
  patients: queryOptions({ queryKey: ['patients'], queryFn: api.patients, refetchInterval: ({ state }) => (state.data?.scanning ? 1_000 : 10_000) }),
  patient: (patient: string) => queryOptions({ queryKey: ['patient', patient], queryFn: () => api.patient(patient) }),
  slice: (patient: string, sequence: string, plane: PlaneName, index: number) => queryOptions({ queryKey: ['slice', patient, sequence, plane, index], queryFn: () => api.slice(patient, sequence, plane, index), staleTime: 60_000, placeholderData: keepPreviousData }),
  extraction: (plan?: string) => queryOptions({ queryKey: ['extraction', plan], queryFn: () => api.extraction(plan), refetchInterval: 2_000 }),
  doctor: queryOptions({ queryKey: ['doctor'], queryFn: api.doctor, staleTime: 60_000 }),
};
