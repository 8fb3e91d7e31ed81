import { writeDurably } from '@consilium/operations';
import { rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { SiteFolder } from '../folder/site-folder.js';
import { notLookedAt, problem, warning, well, type Finding } from './finding.js';

const LEAST_NODE: readonly [number, number] = [20, 19];
const LITTLE_SPACE = 2 ** 30;
const NO_SPACE = 2 ** 27;
const gibibytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])
    ? well('versions', `Node ${version} is recent enough.`)
    : problem('versions', `Node ${version} is too old.`, `Install Node ${LEAST_NODE.join('.')} or later.`);
}

/** Whether the folder takes durable writes, and belongs to its owner only. */
export async function checkFolder({ root, identity }: SiteFolder): Promise<Finding[]> {
  const probe = join(root, 'write-probe');
  const written = await writeDurably(probe, 'probe').then(() => rm(probe)).then(() => true, () => false);
  const { mode } = await stat(identity);
  return [
    written ? well('folder', 'The site folder can be written.') : problem('folder', 'The site folder cannot be written.', 'Give the account of the agent the right to write there.'),
    (mode & 0o077) === 0 || process.platform === 'win32'
      ? well('keys', 'Only the owner can read the site key.')
      : problem('keys', 'Other accounts can read the site key.', 'Set the mode of identity.json to 600.'),
  ];
}

export async function checkDisk({ root }: SiteFolder): Promise<Finding> {
  const space = await statfs(root).then(({ bavail, bsize }) => bavail * bsize, () => null);
  if (space === null) return notLookedAt('disk', 'The free space cannot be read on this system.');
  if (space < NO_SPACE) return problem('disk', `${gibibytes(space)} GiB are free. The agent stops when it cannot write.`, 'Free disk space.');
  if (space < LITTLE_SPACE) return warning('disk', `${gibibytes(space)} GiB are free.`, 'Free disk space before a large run.');
  return well('disk', `${gibibytes(space)} GiB are free.`);
}
