import { useEffect, useRef, type ReactNode } from 'react';
import { useWords } from './words.js';

export interface RefusalProps {
  /** What did not happen. */
  readonly title: string;
  /** Because of what, what is safe. */
  readonly sentence: string;
  /** What to do. */
  readonly help?: string | undefined;
  readonly code?: string | undefined;
  /** Each mistake, with a way to its field. */
  readonly problems?: readonly { readonly sentence: string; readonly href?: string }[];
}

/** A refusal in words, on top of what it is about; it takes the focus. */
export function Refusal({ title, sentence, help, code, problems = [] }: RefusalProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [sentence]);
  return (
    <div className="refusal" role="alert" tabIndex={-1} ref={box}>
      <h2>{title}</h2>
      <p>{sentence}</p>
      {help !== undefined && <p>{help}</p>}
      {problems.length > 0 && (
        <ul>
          {problems.map(({ sentence: problem, href }) => (
            <li key={problem}>{href === undefined ? problem : <a href={href}>{problem}</a>}</li>
          ))}
        </ul>
      )}
      {code !== undefined && <p className="mono">{code}</p>}
    </div>
  );
}

/** Nothing here: why, and the one thing to do. */
export const Empty = ({ children }: { readonly children: ReactNode }) => <div className="panel empty">{children}</div>;

/** Has the final size, and appears after 150 ms only. */
export function Skeleton({ height = 320 }: { readonly height?: number }) {
  const words = useWords();
  return <div className="skeleton" style={{ height }} role="status" aria-label={words.loading} />;
}
