import type { ReactNode } from 'react';
import { Refusal, Skeleton } from '@consilium/interface';
import { Refused } from './api.js';

/** A refusal or failure in words. */
export function Failure({ error, title = 'This could not be shown' }: { readonly error: unknown; readonly title?: string }) {
  if (error instanceof Refused) {
    const { code, help, problems } = error.details;
    return <Refusal title={title} sentence={error.sentence} code={code} help={help} problems={(problems ?? []).map((sentence) => ({ sentence }))} />;
  }
  return <Refusal title={title} sentence="The page met a fault. Nothing was changed." help="Load the page again. If it happens again, tell the people who look after the coordinator." />;
}

interface Asked<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly isPending: boolean;
}

/** Content when it is there, a skeleton of its size before, the refusal instead. */
export function Loaded<T>({ query, height, children }: { readonly query: Asked<T>; readonly height?: number; readonly children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return children(query.data);
  return query.error ? <Failure error={query.error} /> : <Skeleton {...(height === undefined ? {} : { height })} />;
}
