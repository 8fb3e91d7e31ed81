import { mkdir, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeDurably } from '@consilium/operations';
import { CommandRefused } from './refusal.js';

/** Where a coordinator is, how its certificate is checked, and the token it gave. */
export interface CentreSession {
  readonly url: string;
  readonly ca: string | null;
  readonly name: string;
  readonly token: string;
}

export const defaultSessionFile = (): string => join(homedir(), '.config', 'consilium', 'centre.json');

/** Only the account itself can read it: the token in it is a password. */
export async function storeSession(file: string, session: CentreSession): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeDurably(file, `${JSON.stringify(session, null, 2)}\n`, { mode: 0o600 });
}

export async function loadSession(file: string): Promise<CentreSession> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) throw new CommandRefused('You are not signed in. Nothing was asked. Use consilium centre login first.');
  return JSON.parse(text) as CentreSession;
}

export const forgetSession = (file: string): Promise<void> => rm(file, { force: true });
