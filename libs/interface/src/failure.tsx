import type { ReactNode } from 'react';
import { Refusal, Skeleton } from './refusal.js';
import { Refused } from './requests.js';
import { useWords } from './words.js';

/** A refusal or failure in words. */
export function Failure({ error, title }: { readonly error: unknown; readonly title?: string }) {
  const words = useWords();
  const shown = title ?? words.notShown;
  if (error instanceof Refused) {
    const { code, help, problems } = error.details;
    return <Refusal title={shown} sentence={words.told(error.sentence)} code={code} help={help === undefined ? undefined : words.told(help)} problems={(problems ?? []).map((sentence) => ({ sentence: words.told(sentence) }))} />;
  }
  return <Refusal title={shown} sentence={words.fault} help={words.faultHelp} />;
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
