import { QueryClient, queryOptions } from '@tanstack/react-query';
import { Refused } from '@consilium/interface';
import { api } from './api.js';

/** Refusals are answers and are not asked again; an absent coordinator is. */
export const queries = new QueryClient({
  defaultOptions: {
    // Whether the machine is on the internet says nothing about a server in the house, or on the machine itself.
    mutations: { networkMode: 'always' },
    queries: { networkMode: 'always', staleTime: 5_000, retry: (count, error) => error instanceof Refused && error.status === 0 && count < 3, refetchOnWindowFocus: true },
  },
});

export const ask = {
  me: queryOptions({ queryKey: ['me'], queryFn: api.me, staleTime: 60_000, retry: false }),
  provider: queryOptions({ queryKey: ['provider'], queryFn: api.provider, staleTime: Number.POSITIVE_INFINITY, retry: false }),
  sites: queryOptions({ queryKey: ['sites'], queryFn: api.sites, refetchInterval: 5_000 }),
  siteKeys: (site: string) => queryOptions({ queryKey: ['site-keys', site], queryFn: () => api.siteKeys(site) }),
  studies: queryOptions({ queryKey: ['studies'], queryFn: api.studies }),
  plans: (study: string) => queryOptions({ queryKey: ['plans', study], queryFn: () => api.plans(study) }),
  plan: (digest: string) => queryOptions({ queryKey: ['plan', digest], queryFn: () => api.plan(digest), refetchInterval: 10_000 }),
  runs: queryOptions({ queryKey: ['runs'], queryFn: api.runs, refetchInterval: 10_000 }),
  run: (id: string) => queryOptions({ queryKey: ['run', id], queryFn: () => api.run(id) }),
  results: (id: string) => queryOptions({ queryKey: ['results', id], queryFn: () => api.results(id), staleTime: Number.POSITIVE_INFINITY }),
  record: (id: string) => queryOptions({ queryKey: ['record', id], queryFn: () => api.record(id), staleTime: Number.POSITIVE_INFINITY }),
  timeline: (id: string) => queryOptions({ queryKey: ['timeline', id], queryFn: () => api.timeline(id) }),
  lineage: (id: string) => queryOptions({ queryKey: ['lineage', id], queryFn: () => api.lineage(id), refetchInterval: 30_000 }),
  signs: (id: string) => queryOptions({ queryKey: ['signs', id], queryFn: () => api.signs(id) }),
  artefacts: (id: string) => queryOptions({ queryKey: ['artefacts', id], queryFn: () => api.artefacts(id) }),
  accounts: queryOptions({ queryKey: ['accounts'], queryFn: api.accounts }),
  audit: queryOptions({ queryKey: ['audit'], queryFn: () => api.audit() }),
  runAudit: (id: string) => queryOptions({ queryKey: ['run-audit', id], queryFn: () => api.runAudit(id), refetchInterval: 30_000 }),
  auditChain: queryOptions({ queryKey: ['audit-chain'], queryFn: api.verifyAudit }),
};
