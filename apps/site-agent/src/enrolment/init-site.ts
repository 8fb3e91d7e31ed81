import { writeDurably } from '@consilium/operations';
import { createIdentityFile, loadIdentity, type Fingerprint } from '@consilium/secure-channel';
import { existsSync } from 'node:fs';
import { makeFolders, siteFolder } from '../folder/site-folder.js';
import { agentSettingsSchema, type AgentSettings } from '../settings/agent-settings.js';

export interface InitialisedSite {
  readonly fingerprint: Fingerprint;
  /** False when the folder was a site folder before; nothing in it was replaced. */
  readonly fresh: boolean;
}

export interface InitOptions {
  /** Settings that differ from the defaults, for example the tables. */
  readonly settings?: Partial<AgentSettings>;
}

/** Makes a site folder: its key pair, its settings, its subfolders. Doing it again changes nothing. */
export async function initSite(root: string, { settings = {} }: InitOptions = {}): Promise<InitialisedSite> {
  const folder = siteFolder(root);
  await makeFolders(folder);
  const fresh = !existsSync(folder.identity);
  const identity = fresh ? await createIdentityFile(folder.identity) : await loadIdentity(folder.identity);
  if (!existsSync(folder.settings)) await writeDurably(folder.settings, `${JSON.stringify(agentSettingsSchema.parse(settings), null, 2)}\n`);
  return { fingerprint: identity.fingerprint, fresh };
}
