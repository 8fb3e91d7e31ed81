import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { Refused } from '@consilium/interface';
import { NoSuchPage, PageFailure } from './pages/page-failure.js';
import { SignIn } from './pages/sign-in.js';
import type { LedgerFilter } from './api.js';
import { ask, queries } from './queries.js';
import { Shell } from './shell.js';

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** What of the ledger is shown stands in the address. */
function ledgerSearch(search: Record<string, unknown>): LedgerFilter {
  const before = Number(search['before']);
  return { event: text(search['event']), run: text(search['run']), step: text(search['step']), before: Number.isSafeInteger(before) && before > 0 ? before : undefined };
}

const root = createRootRoute({ component: Outlet, errorComponent: PageFailure, notFoundComponent: NoSuchPage });

const signIn = createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignIn, validateSearch: (search: Record<string, unknown>): { readonly to?: string | undefined } => ({ to: text(search['to']) }) });

/** Everything else needs somebody who is signed in; the way back is kept. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ location }) => {
    try {
      await queries.ensureQueryData(ask.session);
    } catch (error) {
      if (error instanceof Refused && error.status === 401) throw redirect({ to: '/sign-in', search: { to: location.href } as never });
      throw error;
    }
  },
});

const page = (path: string, load: () => Promise<Record<string, unknown>>, name: string) => createRoute({ getParentRoute: () => inside, path, component: lazyRouteComponent(load as never, name as never) });

const tree = root.addChildren([
  signIn,
  inside.addChildren([
    page('/', () => import('./pages/state.js'), 'StatePage'),
    page('/plans', () => import('./pages/plans.js'), 'Plans'),
    page('/plans/$digest', () => import('./pages/plan.js'), 'PlanPage'),
    createRoute({ getParentRoute: () => inside, path: '/ledger', validateSearch: ledgerSearch, component: lazyRouteComponent(() => import('./pages/ledger.js'), 'Ledger') }),
    page('/ledger/$sequence', () => import('./pages/record.js'), 'RecordPage'),
    page('/settings', () => import('./pages/settings.js'), 'SettingsPage'),
    createRoute({ getParentRoute: () => inside, path: '/patients', validateSearch: (search: Record<string, unknown>) => ({ show: text(search['show']) }), component: lazyRouteComponent(() => import('./pages/patients.js'), 'Patients') }),
    createRoute({ getParentRoute: () => inside, path: '/patients/$patient', validateSearch: (search: Record<string, unknown>) => ({ sequence: text(search['sequence']) }), component: lazyRouteComponent(() => import('./pages/patient.js'), 'PatientPage') }),
    createRoute({ getParentRoute: () => inside, path: '/extraction', validateSearch: (search: Record<string, unknown>) => ({ plan: text(search['plan']) }), component: lazyRouteComponent(() => import('./pages/extraction.js'), 'ExtractionPage') }),
    page('/doctor', () => import('./pages/doctor.js'), 'Doctor'),
  ]),
]);

export const router = createRouter({ routeTree: tree, defaultPreload: false, scrollRestoration: true, defaultErrorComponent: PageFailure });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
