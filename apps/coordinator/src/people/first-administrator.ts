import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { writeDurably } from '@consilium/operations';
import type { PeopleService } from './people.service.js';

/** Makes the account 'administrator' at the first start. Its password is written once, to a file only the owner of the data folder can read. */
export async function ensureAdministrator(people: PeopleService, dataFolder: string): Promise<string | null> {
  if (await people.hasAdministrator()) return null;
  const password = randomBytes(18).toString('base64url');
  const path = join(dataFolder, 'administrator-password');
  // The file first: after a crash between the two it is written again with the password that counts.
  await writeDurably(path, `${password}\n`, { mode: 0o600 });
  await people.createAccount({ name: 'administrator', role: 'administrator', password }, 'coordinator');
  return path;
}
