import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { Refused } from '@consilium/interface';
import { NoSuchPage, PageFailure } from './pages/page-failure.js';
import { SignIn } from './pages/sign-in.js';
import { ask, queries } from './queries.js';
import { Shell } from './shell.js';

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const root = createRootRoute({ component: Outlet, errorComponent: PageFailure, notFoundComponent: NoSuchPage });

const signIn = createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignIn, validateSearch: (search: Record<string, unknown>) => ({ to: text(search['to']) }) });

/** Everything else needs somebody who is signed in; the way back is kept. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ location }) => {
    try {
      await queries.ensureQueryData(ask.session);
    } catch (error) {
      if (error instanceof Refused && error.status === 401) throw redirect({ to: '/sign-in', search: { to: location.href } });
      throw error;
    }
  },
});

const page = (path: string, load: () => Promise<Record<string, unknown>>, name: string) => createRoute({ getParentRoute: () => inside, path, component: lazyRouteComponent(load as never, name as never) });

const tree = root.addChildren([
  signIn,
  inside.addChildren([
    page('/', () => import('./pages/state.js'), 'StatePage'),
    page('/doctor', () => import('./pages/doctor.js'), 'Doctor'),
  ]),
]);

export const router = createRouter({ routeTree: tree, defaultPreload: false, scrollRestoration: true, defaultErrorComponent: PageFailure });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
