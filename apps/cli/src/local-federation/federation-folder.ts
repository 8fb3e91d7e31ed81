import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canHoldDatabase } from '@consilium/database';

/**
 * A new folder for a federation: below `preferred` where the account that runs the database can reach it, else in the system's temporary
 * folder. The two differ for root only, whose database runs as another account that may not enter a closed home.
 */
export async function temporaryFederationFolder(preferred: string = tmpdir()): Promise<string> {
  const parent = (await canHoldDatabase(join(preferred, 'consilium'))) ? preferred : tmpdir();
  const folder = await mkdtemp(join(parent, 'consilium-'));
  // The database's account passes through to its own folder below; everything else in here is closed to it.
  if (process.getuid?.() === 0) await chmod(folder, 0o711);
  return folder;
}
