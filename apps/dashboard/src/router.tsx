import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { Refused } from '@consilium/interface';
import { ask, queries } from './queries.js';
import { Shell } from './shell.js';
import { SignIn } from './pages/sign-in.js';
import { PageFailure } from './pages/page-failure.js';

/** What a result page shows; all of it is in the address. */
export interface ResultSearch {
  readonly model?: string | undefined;
  readonly validation?: string | undefined;
  readonly measure?: string | undefined;
  /** A selection of the run: a sequence of its pipeline. */
  readonly part?: string | undefined;
  readonly feature?: string | undefined;
  readonly threshold?: number | undefined;
  /** Values of the patient that a reader makes up. */
  readonly patient?: string | undefined;
  readonly view?: 'table' | undefined;
}

const words = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const viewOf = (search: Record<string, unknown>): 'table' | undefined => (search['view'] === 'table' ? 'table' : undefined);

function resultSearch(search: Record<string, unknown>): ResultSearch {
  const threshold = Number(search['threshold']);
  return {
    model: words(search['model']),
    validation: words(search['validation']),
    measure: words(search['measure']),
    part: words(search['part']),
    feature: words(search['feature']),
    patient: words(search['patient']),
    threshold: search['threshold'] !== undefined && Number.isFinite(threshold) ? threshold : undefined,
    view: viewOf(search),
  };
}

const root = createRootRoute({ component: Outlet, errorComponent: PageFailure, notFoundComponent: () => <PageFailure error={new Refused(404, 'There is no such page.')} /> });

const signIn = createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignIn, validateSearch: (search: Record<string, unknown>) => ({ to: words(search['to']), refused: words(search['refused']) }) });

/** Everything else needs somebody who is signed in; the way back is kept. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ location }) => {
    try {
      await queries.ensureQueryData(ask.me);
    } catch (error) {
      if (error instanceof Refused && error.status === 401) throw redirect({ to: '/sign-in', search: { to: location.href } });
      throw error;
    }
  },
});

const page = (path: string, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({ getParentRoute: () => inside, path, component: lazyRouteComponent(load as never, name as never) });

/** A page with one figure: chart or table. */
const viewed = (path: string, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({ getParentRoute: () => inside, path, validateSearch: (search: Record<string, unknown>) => ({ view: viewOf(search) }), component: lazyRouteComponent(load as never, name as never) });

const result = (path: string, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({ getParentRoute: () => inside, path, validateSearch: resultSearch, component: lazyRouteComponent(load as never, name as never) });

const tree = root.addChildren([
  signIn,
  inside.addChildren([
    createRoute({ getParentRoute: () => inside, path: '/', beforeLoad: () => { throw redirect({ to: '/studies' }); } }),
    page('/studies', () => import('./pages/studies.js'), 'Studies'),
    page('/studies/$study', () => import('./pages/study.js'), 'StudyPage'),
    page('/studies/$study/sites', () => import('./pages/sites.js'), 'Sites'),
    page('/studies/$study/sites/$site', () => import('./pages/site.js'), 'SitePage'),
    page('/studies/$study/plans', () => import('./pages/plans.js'), 'Plans'),
    page('/studies/$study/plans/new', () => import('./pages/plan-editor.js'), 'PlanEditor'),
    createRoute({ getParentRoute: () => inside, path: '/studies/$study/plans/$digest', validateSearch: (search: Record<string, unknown>) => ({ against: words(search['against']) }), component: lazyRouteComponent(() => import('./pages/plan.js'), 'PlanPage') }),
    page('/sites', () => import('./pages/sites.js'), 'AllSites'),
    page('/people', () => import('./pages/people.js'), 'People'),
    page('/audit', () => import('./pages/audit.js'), 'Audit'),
    createRoute({ getParentRoute: () => inside, path: '/compare', validateSearch: (search: Record<string, unknown>) => ({ runs: words(search['runs']), all: search['all'] === true ? true : undefined, view: viewOf(search) }), component: lazyRouteComponent(() => import('./pages/compare.js'), 'Compare') }),
    viewed('/runs/$run', () => import('./run/summary.js'), 'Summary'),
    viewed('/runs/$run/rounds', () => import('./run/rounds.js'), 'Rounds'),
    result('/runs/$run/cohort', () => import('./run/cohort.js'), 'Cohort'),
    result('/runs/$run/selection', () => import('./run/selection.js'), 'Selection'),
    result('/runs/$run/performance', () => import('./run/performance.js'), 'Performance'),
    result('/runs/$run/differences', () => import('./run/differences.js'), 'Differences'),
    result('/runs/$run/calibration', () => import('./run/calibration.js'), 'Calibration'),
    result('/runs/$run/usefulness', () => import('./run/usefulness.js'), 'Usefulness'),
    result('/runs/$run/explanation', () => import('./run/explanation.js'), 'Explanation'),
    result('/runs/$run/models', () => import('./run/models.js'), 'Models'),
    result('/runs/$run/report', () => import('./run/report.js'), 'Report'),
    page('/runs/$run/downloads', () => import('./run/downloads.js'), 'Downloads'),
    page('/runs/$run/audit', () => import('./run/audit.js'), 'RunAudit'),
  ]),
]);

export const router = createRouter({ routeTree: tree, defaultPreload: false, scrollRestoration: true, defaultErrorComponent: PageFailure });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
