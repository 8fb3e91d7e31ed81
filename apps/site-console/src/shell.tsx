import { Button } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { AppShell, type Command, CommandMenu, type ContentsGroup, type Crumb, Refused } from '@consilium/interface';
import { api } from './api.js';
import { go, To } from './links.js';
import { ask, queries } from './queries.js';
import { chooseLanguage, languages } from './words/language.js';
import { useSay } from './words/use-words.js';

/** The frame about every page. */
export function Shell() {
  const { t } = useSay();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const { data: session } = useQuery(ask.session);
  const { error } = useQuery(ask.state);
  // The session ended while the page was open: in another window, by another password, or by the agent's restart.
  const ended = error instanceof Refused && error.status === 401;
  useEffect(() => {
    if (ended) leave(path);
  }, [ended, path]);
  const contents = usePages(path);
  const site = session?.site ?? t('name');
  return (
    <AppShell
      name={site}
      home="/"
      crumbs={crumbsOf(path, contents, t('shell.page'))}
      contents={contents}
      link={To}
      tools={<Tools pages={contents} />}
      account={{ name: site, role: t('shell.steward'), actions: [{ label: t('shell.signOut'), act: () => void signOut() }] }}
    >
      <Outlet />
    </AppShell>
  );
}

function leave(to: string): void {
  queries.clear();
  go(`/sign-in?to=${encodeURIComponent(to)}`);
}

async function signOut(): Promise<void> {
  await api.signOut();
  leave('/');
}

function usePages(path: string): ContentsGroup[] {
  const { t } = useSay();
  const link = (label: string, to: string) => ({ label, to, current: path === to });
  const pages = [
    ['shell.state', '/'],
    ['shell.plans', '/plans'],
    ['shell.patients', '/patients'],
    ['shell.extraction', '/extraction'],
    ['shell.ledger', '/ledger'],
    ['shell.doctor', '/doctor'],
    ['shell.settings', '/settings'],
  ] as const;
  return [{ title: t('shell.site'), links: pages.map(([word, to]) => link(t(word), to)) }];
}

function crumbsOf(path: string, contents: readonly ContentsGroup[], page: string): Crumb[] {
  const links = contents.flatMap((group) => group.links);
  const here = links.find(({ to }) => to === path);
  if (here) return [here];
  const above = links.find(({ to }) => to !== '/' && path.startsWith(`${to}/`));
  return [...(above ? [above] : []), { label: above ? decodeURIComponent(path.slice(above.to.length + 1)).slice(0, 12) : page, to: path }];
}

function Tools({ pages }: { readonly pages: readonly ContentsGroup[] }) {
  const { t, language } = useSay();
  const other = languages.find((one) => one.language !== language)!;
  const commands: Command[] = pages.flatMap(({ title, links }) => links.map(({ label, to }) => ({ group: title, label, act: () => go(to) })));
  return (
    <>
      <CommandMenu commands={commands} />
      <Button lang={other.language === 'zh' ? 'zh-Hans' : 'en'} aria-label={`${t('shell.language')}: ${other.name}`} onClick={() => void chooseLanguage(other.language)}>
        {other.name}
      </Button>
    </>
  );
}
