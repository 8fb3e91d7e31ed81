import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { canHoldDatabase } from '@consilium/database';
import { temporaryFederationFolder } from '../local-federation/index.js';
import { CommandRefused, usage } from '../refusal.js';

/** Where the demonstration works: all its parties, and what they found. */
export interface DemoFolder {
  readonly path: string;
  /** A folder the user named is kept. */
  readonly kept: boolean;
  /** Removes a temporary one. */
  remove(): Promise<void>;
}

export async function demoFolder(named: string | undefined): Promise<DemoFolder> {
  if (named === undefined) {
    const path = await temporaryFederationFolder();
    return { path, kept: false, remove: () => rm(path, { recursive: true, force: true }) };
  }
  const path = resolve(named);
  const content = await readdir(path).catch(() => []);
  if (content.length > 0) throw usage(`${path} is not empty. Nothing was started. Name a new folder.`);
  if (!(await canHoldDatabase(join(path, 'centre', 'database')))) {
    throw new CommandRefused(`PostgreSQL does not run as root, and its account may not enter ${path}. Nothing was started. Name a folder outside closed homes, or run as an ordinary user.`);
  }
  await mkdir(path, { recursive: true, mode: 0o711 });
  return { path, kept: true, remove: () => Promise.resolve() };
}
