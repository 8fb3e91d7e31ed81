import { Button, Menu, MenuItem } from '@mui/material';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useMode } from './interface-provider.js';
import { useWords } from './words.js';

export interface ContentsGroup {
  readonly title: string;
  readonly links: readonly { readonly label: string; readonly to: string; readonly current: boolean }[];
}

export interface Crumb {
  readonly label: string;
  readonly to: string;
}

/** An anchor of the application's router. */
export type LinkComponent = (props: { readonly to: string; readonly children: ReactNode; readonly current?: boolean; readonly className?: string }) => ReactNode;

export interface AppShellProps {
  readonly name: string;
  readonly home: string;
  readonly crumbs: readonly Crumb[];
  readonly contents: readonly ContentsGroup[];
  readonly link: LinkComponent;
  /** Who is signed in, and what they may choose. */
  readonly account: { readonly name: string; readonly role: string; readonly actions: readonly { readonly label: string; readonly act: () => void }[] } | null;
  /** Right of the breadcrumb: a command menu, a stop button. */
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

/** The frame of every page: header, contents, main. Below 900 px the contents are behind a button. */
export function AppShell({ name, home, crumbs, contents, link: Link, account, tools, children }: AppShellProps) {
  const words = useWords();
  const [open, setOpen] = useState(false);
  const place = crumbs.at(-1)?.to ?? home;
  useEffect(() => setOpen(false), [place]);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {words.skip}
      </a>
      <header className="shell-header">
        <Link to={home} className="shell-mark">
          <Mark />
          {name}
        </Link>
        <nav className="crumbs" aria-label={words.where}>
          <ol>
            {crumbs.map((crumb, i) => (
              <li key={crumb.to}>{i === crumbs.length - 1 ? <span aria-current="page">{crumb.label}</span> : <Link to={crumb.to}>{crumb.label}</Link>}</li>
            ))}
          </ol>
        </nav>
        <div className="shell-tools">
          {tools}
          {contents.length > 0 && (
            <span className="shell-menu">
              <Button aria-expanded={open} aria-controls="contents" onClick={() => setOpen(!open)}>
                {words.contents}
              </Button>
            </span>
          )}
          {account && <AccountMenu account={account} />}
        </div>
      </header>
      <nav className={open ? 'shell-nav open' : 'shell-nav'} id="contents" aria-label={words.contents}>
        {contents.map(({ title, links }) => (
          <section key={title} aria-label={title}>
            <h2>{title}</h2>
            <ul>
              {links.map(({ label, to, current }) => (
                <li key={to}>
                  <Link to={to} current={current}>
                    {label}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </nav>
      <main className="shell-main" id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function AccountMenu({ account }: { readonly account: NonNullable<AppShellProps['account']> }) {
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const words = useWords();
  const { chosen, choose } = useMode();
  const modes = [['system', words.asSystem], ['light', words.light], ['dark', words.dark]] as const;
  const initials = account.name.slice(0, 2).toUpperCase();
  return (
    <>
      <Button ref={anchor} aria-haspopup="menu" aria-expanded={open} aria-label={`${words.account} ${account.name}`} onClick={() => setOpen(true)} sx={{ minWidth: 32, borderRadius: '16px', px: 2 }}>
        {initials}
      </Button>
      <Menu open={open} anchorEl={anchor.current} onClose={() => setOpen(false)}>
        <MenuItem disabled>
          {account.name}, {account.role}
        </MenuItem>
        {modes.map(([mode, label]) => (
          <MenuItem key={mode} selected={chosen === mode} onClick={() => choose(mode)}>
            {label}
          </MenuItem>
        ))}
        {account.actions.map(({ label, act }) => (
          <MenuItem
            key={label}
            onClick={() => {
              setOpen(false);
              act();
            }}
          >
            {label}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}

/** Hospitals about a table: the mark. */
function Mark() {
  const places = [0, 1, 2, 3, 4, 5].map((i) => [10 + 7 * Math.cos((i * Math.PI) / 3), 10 + 7 * Math.sin((i * Math.PI) / 3)] as const);
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      {places.map(([x, y]) => (
        <circle key={`${x}`.concat(`${y}`)} cx={x} cy={y} r="1.9" fill="currentColor" />
      ))}
      <circle cx="10" cy="10" r="2.6" fill="none" stroke="currentColor" strokeWidth="1.5" />
    </svg>
  );
}
