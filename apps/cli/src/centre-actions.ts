import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { fetchPinnedAuthority } from '@consilium/transport';
import { CentreClient } from './centre-client.js';
import type { LoginOptions, SessionOption } from './centre-commands.js';
import { defaultSessionFile, forgetSession, loadSession, storeSession } from './centre-session.js';
import type { Terminal } from './terminal.js';
import { textTable } from './text-table.js';

export const sessionFile = ({ session }: SessionOption): string => session ?? defaultSessionFile();
export const client = (options: SessionOption): Promise<CentreClient> => CentreClient.open(sessionFile(options));

export async function login(options: LoginOptions, terminal: Terminal): Promise<void> {
  const { url, name, passwordFile } = options;
  const ca = await authority(options);
  const password = passwordFile === undefined ? await typedPassword(terminal) : (await readFile(passwordFile, 'utf8')).trim();
  const { token, expiresAt, role } = await new CentreClient({ url, ca }).post<{ token: string; expiresAt: string; role: string }>('/api/sign-in', {
    name,
    password,
    label: `command line on ${hostname()}`.slice(0, 100),
  });
  await storeSession(sessionFile(options), { url, ca, name, token });
  terminal.out(`You are signed in as ${name} (${role}) until ${expiresAt.slice(0, 10)}.`);
}

export async function logout(options: SessionOption, terminal: Terminal): Promise<void> {
  const file = sessionFile(options);
  const session = await loadSession(file);
  await new CentreClient(session).post('/api/sign-out').catch(() => terminal.note('The coordinator did not answer; the token there ends by itself.'));
  await forgetSession(file);
  terminal.out('You are signed out.');
}

interface ListedSite {
  readonly name: string;
  readonly state: string;
  readonly connected: boolean;
  readonly fingerprint: string;
  readonly agentVersion: string;
  readonly seenAt: string | null;
  readonly stoppedAt?: string | null;
}

export async function keys(site: string, options: SessionOption, terminal: Terminal): Promise<void> {
  const listed = await (await client(options)).get<{ fingerprint: string; since: string }[]>(`/api/sites/${encodeURIComponent(site)}/keys`);
  const last = listed.length - 1;
  terminal.out(textTable(['since (UTC)', 'accepted', 'fingerprint'], listed.map(({ fingerprint, since }, i) => [since.slice(0, 16).replace('T', ' '), i === last ? 'yes' : 'no, succeeded', fingerprint])));
}

export async function sites(options: SessionOption, terminal: Terminal): Promise<void> {
  const listed = await (await client(options)).get<ListedSite[]>('/api/sites');
  if (listed.length === 0) return terminal.out('No site has enrolled. Use consilium centre invite SITE.');
  terminal.out(
    textTable(
      ['site', 'state', 'connected', 'agent', 'last seen', 'fingerprint'],
      listed.map((site) => [
        site.name,
        site.state,
        site.connected ? 'yes' : site.stoppedAt ? 'stopped by the site' : 'no',
        site.agentVersion,
        site.seenAt?.slice(0, 16).replace('T', ' ') ?? '—',
        site.fingerprint,
      ]),
    ),
  );
}

export async function invite(site: string, options: SessionOption, terminal: Terminal): Promise<void> {
  const made = await (await client(options)).post<{ invite: string; expiresAt: string }>('/api/sites/invites', { site });
  terminal.note(`The invite for ${site} works once, until ${made.expiresAt.slice(0, 10)}. It is not shown again.`);
  terminal.out(made.invite);
}

export async function admit(site: string, words: readonly string[], options: SessionOption, terminal: Terminal): Promise<void> {
  await (await client(options)).post(`/api/sites/${encodeURIComponent(site)}/admission`, { fingerprint: words.join(' ') });
  terminal.out(`${site} is admitted. Its agent connects by itself.`);
}

export async function revoke(site: string, options: SessionOption & { readonly reason: string }, terminal: Terminal): Promise<void> {
  await (await client(options)).post(`/api/sites/${encodeURIComponent(site)}/revocation`, { reason: options.reason });
  terminal.out(`${site} is revoked. Its connection is closed and its key is refused.`);
}

export async function release(site: string, options: SessionOption & { readonly reason: string }, terminal: Terminal): Promise<void> {
  await (await client(options)).post(`/api/sites/${encodeURIComponent(site)}/release`, { reason: options.reason });
  terminal.out(`${site} may connect again. If the key was stolen, revoke the site and invite it anew.`);
}

export async function createStudy(
  name: string,
  members: readonly string[],
  options: SessionOption & { readonly title?: string },
  terminal: Terminal,
): Promise<void> {
  await (await client(options)).post('/api/studies', { name, title: options.title ?? name, sites: members });
  terminal.out(`The study ${name} is made, with ${members.join(', ')}.`);
}

export async function addSites(name: string, members: readonly string[], options: SessionOption, terminal: Terminal): Promise<void> {
  await (await client(options)).post(`/api/studies/${encodeURIComponent(name)}/sites`, { sites: members });
  terminal.out(`${members.join(', ')} joined the study ${name}.`);
}

export async function studies(options: SessionOption, terminal: Terminal): Promise<void> {
  const listed = await (await client(options)).get<{ name: string; title: string; sites: string[] }[]>('/api/studies');
  if (listed.length === 0) return terminal.out('There is no study. Use consilium study create NAME SITES.');
  terminal.out(
    textTable(
      ['study', 'title', 'sites'],
      listed.map((study) => [study.name, study.title, study.sites.join(', ')]),
    ),
  );
}

/** The certificate to verify the coordinator by: a file, or the one the server shows whose digest is the given one. */
async function authority({ url, ca, caDigest }: LoginOptions): Promise<string | null> {
  if (ca !== undefined) return readFile(ca, 'utf8');
  return caDigest === undefined ? null : fetchPinnedAuthority({ url: new URL(url), digest: caDigest, timeoutMilliseconds: 15_000 });
}

/** Typed without an echo, or the first line of what is piped in. */
async function typedPassword(terminal: Terminal): Promise<string> {
  const mute = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: mute, terminal: process.stdin.isTTY === true });
  if (process.stdin.isTTY) terminal.note('Password:');
  try {
    return (await lines.question('')).trim();
  } finally {
    lines.close();
  }
}
