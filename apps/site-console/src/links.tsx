import { Button } from '@mui/material';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { router } from './router.js';

/** A link by its address; addresses are made where they are used, and a test opens each. */
export function To({ to, children, current, className }: { readonly to: string; readonly children: ReactNode; readonly current?: boolean; readonly className?: string }) {
  return (
    <Link to={to as never} className={className} aria-current={current ? 'page' : undefined} activeOptions={{ exact: true, includeSearch: true }}>
      {children}
    </Link>
  );
}

export const go = (to: string): void => void router.navigate({ to: to as never });

/** The filled button of a page that leads elsewhere. */
export const Primary = ({ to, children }: { readonly to: string; readonly children: ReactNode }) => (
  <Button variant="contained" onClick={() => go(to)}>
    {children}
  </Button>
);
