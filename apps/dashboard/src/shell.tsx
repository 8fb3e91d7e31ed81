import { useQuery } from '@tanstack/react-query';
import { Outlet, useParams, useRouterState } from '@tanstack/react-router';
import { useMemo } from 'react';
import { AppShell, type Command, CommandMenu, type ContentsGroup, type Crumb, useKeys } from '@consilium/interface';
import { api, type Person, type Run } from './api.js';
import { go, To } from './links.js';
import { ask, queries } from './queries.js';

/** The questions of a run, in their order: also the keys G 1 to G 7. */
export const questions: readonly (readonly [string, string])[] = [
  ['cohort', 'Who was studied?'],
  ['selection', 'How was it selected?'],
  ['performance', 'Does it work?'],
  ['differences', 'Where does it not?'],
  ['calibration', 'Is it calibrated?'],
  ['usefulness', 'Is it useful?'],
  ['explanation', 'Why does it say so?'],
];

export const runName = (id: string): string => `Run ${id.slice(0, 6)}`;

const roleNames: Readonly<Record<Person['role'], string>> = { administrator: 'administrator', 'data-scientist': 'data scientist', investigator: 'investigator' };

/** The frame about every page; contents follow from where one is. */
export function Shell() {
  const { study, run } = useParams({ strict: false }) as { readonly study?: string; readonly run?: string };
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const { data: me } = useQuery(ask.me);
  const { data: shown } = useQuery({ ...ask.run(run ?? ''), enabled: run !== undefined });
  const own = study ?? shown?.study;
  const contents = run === undefined ? studyContents(study, path, me) : runContents(run, path, me);
  const keys = useMemo(() => (run === undefined ? {} : Object.fromEntries(questions.map(([page], i) => [`g ${i + 1}`, () => go(`/runs/${run}/${page}`)]))), [run]);
  useKeys(keys);
  return (
    <AppShell name="Consilium" home="/studies" crumbs={crumbsOf(path, own, run, contents)} contents={contents} link={To} tools={<Commands />} account={me ? { name: me.name, role: roleNames[me.role], actions: [{ label: 'Sign out', act: () => void signOut() }] } : null}>
      <Outlet />
    </AppShell>
  );
}

async function signOut(): Promise<void> {
  await api.signOut();
  queries.clear();
  go('/sign-in');
}

function studyContents(study: string | undefined, path: string, me: Person | undefined): ContentsGroup[] {
  const link = (label: string, to: string) => ({ label, to, current: path === to });
  return [
    { title: 'Centre', links: [link('Studies', '/studies'), link('Sites', '/sites'), ...(me?.role === 'administrator' ? [link('People', '/people'), link('Audit', '/audit')] : [])] },
    ...(study === undefined ? [] : [{ title: 'Study', links: [link('Summary', `/studies/${study}`), link('Sites', `/studies/${study}/sites`), link('Plans', `/studies/${study}/plans`)] }]),
  ];
}

function runContents(run: string, path: string, me: Person | undefined): ContentsGroup[] {
  const link = (label: string, end: string) => {
    const to = end === '' ? `/runs/${run}` : `/runs/${run}/${end}`;
    return { label, to, current: path === to };
  };
  return [
    { title: runName(run), links: [link('Summary', ''), link('Rounds and timing', 'rounds')] },
    { title: 'Results', links: questions.map(([end, label]) => link(label, end)) },
    { title: 'Take away', links: [link('Compare models', 'models'), link('Report', 'report'), link('Downloads', 'downloads'), ...(me?.role === 'administrator' ? [link('Audit', 'audit')] : [])] },
  ];
}

function crumbsOf(path: string, study: string | undefined, run: string | undefined, contents: readonly ContentsGroup[]): Crumb[] {
  const crumbs: Crumb[] = study === undefined ? [] : [{ label: study, to: `/studies/${study}` }];
  if (run !== undefined) crumbs.push({ label: runName(run), to: `/runs/${run}` });
  const here = contents.flatMap(({ links }) => links).find(({ to }) => to === path);
  if (here && !crumbs.some(({ to }) => to === path)) crumbs.push({ label: here.label, to: path });
  else if (!here && path !== crumbs.at(-1)?.to) crumbs.push({ label: placeName(path), to: path });
  return crumbs;
}

/** Of a page that is not in the contents. */
function placeName(path: string): string {
  const [, site] = /\/sites\/([^/]+)$/.exec(path) ?? [];
  if (site !== undefined) return decodeURIComponent(site);
  return path.includes('/plans/') ? 'Plan' : path === '/compare' ? 'Compare runs' : 'Page';
}

/** Everything there is to go to. */
function Commands() {
  const { data: studies = [] } = useQuery(ask.studies);
  const { data: runs = [] } = useQuery(ask.runs);
  const commands: Command[] = [
    { group: 'Centre', label: 'Studies', act: () => go('/studies') },
    { group: 'Centre', label: 'Sites', act: () => go('/sites') },
    ...studies.flatMap(({ name, title }) => [
      { group: 'Studies', label: title, act: () => go(`/studies/${name}`) },
      { group: 'Studies', label: `${title}: plans`, act: () => go(`/studies/${name}/plans`) },
    ]),
    ...latest(runs).flatMap(({ id, study }) => [
      { group: 'Runs', label: `${runName(id)} of ${study}`, act: () => go(`/runs/${id}`) },
      ...questions.map(([end, label]) => ({ group: runName(id), label, act: () => go(`/runs/${id}/${end}`) })),
    ]),
  ];
  return <CommandMenu commands={commands} />;
}

const latest = (runs: readonly Run[]): readonly Run[] => [...runs].reverse().slice(0, 10);
