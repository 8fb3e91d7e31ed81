import { Button } from '@mui/material';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** What is asked of an application's router: to go to an address. */
interface Goes {
  navigate(options: { readonly to: never }): unknown;
}

export interface ToProps {
  readonly to: string;
  readonly children: ReactNode;
  readonly current?: boolean;
  readonly className?: string;
}

/** A link by its address; addresses are made where they are used, and a test opens each. */
export function To({ to, children, current, className }: ToProps) {
  return (
    <Link to={to as never} className={className} aria-current={current ? 'page' : undefined} activeOptions={{ exact: true, includeSearch: true }}>
      {children}
    </Link>
  );
}

/** Ways of an application to its own pages. The router is asked for when somebody goes: it knows the pages, and they know these ways. */
export function linksOf(router: () => Goes) {
  const go = (to: string): void => void router().navigate({ to: to as never });
  /** The filled button of a page that leads elsewhere. */
  const Primary = ({ to, children }: Pick<ToProps, 'to' | 'children'>) => (
    <Button variant="contained" onClick={() => go(to)}>
      {children}
    </Button>
  );
  return { go, Primary };
}
