import { loadIdentity, type Identity } from '@consilium/secure-channel';
import { readEnrolment, type Enrolment } from './enrolment/enrolment.js';
import { existingSiteFolder, makeFolders, type SiteFolder } from './folder/site-folder.js';
import { readSettings, type AgentSettings } from './settings/agent-settings.js';

/** An enrolled site as its folder says. */
export interface Site {
  readonly folder: SiteFolder;
  readonly settings: AgentSettings;
  readonly identity: Identity;
  readonly enrolment: Enrolment;
}

export async function openSite(root: string): Promise<Site> {
  const folder = existingSiteFolder(root);
  await makeFolders(folder);
  return { folder, settings: readSettings(folder), identity: await loadIdentity(folder.identity), enrolment: readEnrolment(folder) };
}
