import { QueryClient, queryOptions } from '@tanstack/react-query';
import { Refused } from '@consilium/interface';
import { api } from './api.js';
import { startOfDay } from './words/formats.js';

/** Refusals are answers and are not asked again; an absent agent is. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 2_000, retry: (count, error) => error instanceof Refused && error.status === 0 && count < 3, refetchOnWindowFocus: true },
  },
});

export const ask = {
  session: queryOptions({ queryKey: ['session'], queryFn: api.session, staleTime: 60_000, retry: false }),
  state: queryOptions({ queryKey: ['state'], queryFn: () => api.state(startOfDay()), refetchInterval: 2_000 }),
  doctor: queryOptions({ queryKey: ['doctor'], queryFn: api.doctor, staleTime: 60_000 }),
};
