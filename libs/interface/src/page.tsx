import { useEffect, useRef, type ReactNode } from 'react';
import { useWords } from './words.js';

export interface PageProps {
  /** A question, or a thing's name. */
  readonly title: string;
  /** The first sentence, with the number in it. */
  readonly answer?: ReactNode;
  readonly tags?: ReactNode;
  /** The one filled button. */
  readonly action?: ReactNode;
  readonly controls?: ReactNode;
  /** Stands beside the first child; the others have the width of the page. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A page: title, answer, figures. The title takes the focus when the page is reached, and names the document. */
export function Page({ title, answer, tags, action, controls, aside, children }: PageProps) {
  const words = useWords();
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Consilium`;
    head.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <>
      <div className="page-head">
        <div>
          <h1 ref={head} tabIndex={-1}>
            {title}
          </h1>
          {answer !== undefined && <p className="page-answer">{typeof answer === 'string' ? emphasised(answer) : answer}</p>}
        </div>
        {action !== undefined && <div className="page-action">{action}</div>}
      </div>
      {tags !== undefined && <div className="page-tags">{tags}</div>}
      {controls !== undefined && <div className="controls">{controls}</div>}
      <div className={aside === undefined ? 'page-body' : 'page-body with-aside'}>
        {aside === undefined ? (
          children
        ) : (
          <>
            <div className="beside">{children}</div>
            <aside className="aside" aria-label={words.beside}>
              {aside}
            </aside>
          </>
        )}
      </div>
    </>
  );
}

/** Numbers of an answer stand out; their intervals, in brackets, do not. */
const emphasised = (sentence: string): ReactNode => sentence.split(/(\([^)]*\))/).map((part, i) => (i % 2 === 1 ? part : part.split(/(?<![\d.])(\u2212?\d+\.\d+%?)(?!\d|\.\d)/).map((piece, j) => (j % 2 === 1 ? <strong key={`${i} ${j}`}>{piece}</strong> : piece))));

export interface PanelProps {
  readonly title: string;
  readonly tone?: 'warn' | 'bad';
  readonly facts?: readonly (readonly [string, ReactNode])[];
  /** Facts beside their names from the left, for a panel as wide as the page. */
  readonly wide?: boolean;
  readonly children?: ReactNode;
}

/** A box with a few facts beside the figure. */
export function Panel({ title, tone, facts = [], wide = false, children }: PanelProps) {
  return (
    <section className={tone === undefined ? 'panel' : `panel ${tone}`}>
      <div className="panel-body">
        <h2>{title}</h2>
        {facts.length > 0 && (
          <dl className={wide ? 'wide' : undefined}>
            {facts.map(([name, value]) => (
              <div key={name} style={{ display: 'contents' }}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
        {children !== undefined && <div className="panel-note">{children}</div>}
      </div>
    </section>
  );
}
