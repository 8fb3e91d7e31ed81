import { PRODUCT_VERSION, type ConsiliumError } from '@consilium/protocol';
import { loadIdentity, systemClock, type Clock } from '@consilium/secure-channel';
import { readEnrolment, type Enrolment } from '../enrolment/enrolment.js';
import { isStopped } from '../agent/site-stop.js';
import { holderOf } from '../folder/folder-lock.js';
import { existingSiteFolder, type SiteFolder } from '../folder/site-folder.js';
import { readSettings, type AgentSettings } from '../settings/agent-settings.js';
import { sentenceOf } from '../told-error.js';
import { checkConnection } from './connection-checks.js';
import { checkData, checkLedger } from './data-checks.js';
import { notLookedAt, problem, warning, well, type Finding } from './finding.js';
import { checkDisk, checkFolder, checkNode } from './machine-checks.js';

export interface SiteCheck {
  readonly findings: readonly Finding[];
  /** 0: all is well, perhaps with warnings; 1: something must be mended; 4: there is no site folder to look at. */
  readonly exitCode: 0 | 1 | 4;
}

/** Looks at everything a site needs, and says for each trouble what to do. Changes nothing and sends no data. */
export async function checkSite(root: string, { clock = systemClock }: { readonly clock?: Clock } = {}): Promise<SiteCheck> {
  let folder: SiteFolder;
  try {
    folder = existingSiteFolder(root);
  } catch (error) {
    return { findings: [told('folder', error)], exitCode: 4 };
  }
  const findings = [checkNode(process.versions.node), well('versions', `This is Consilium ${PRODUCT_VERSION}.`), ...(await checkFolder(folder)), await checkDisk(folder)];
  findings.push(await loadIdentity(folder.identity).then(({ fingerprint }) => well('keys', `The fingerprint is: ${fingerprint.words}.`), (error: unknown) => told('keys', error)));
  const settings = attempt<AgentSettings>(findings, 'settings', () => readSettings(folder));
  if (settings) findings.push(...checkData(folder, settings));
  findings.push(await checkLedger(folder));
  const enrolment = attempt<Enrolment>(findings, 'enrolment', () => readEnrolment(folder));
  if (enrolment) findings.push(well('enrolment', `Enrolled as ${enrolment.site}.`));
  if (enrolment && settings) findings.push(...(await checkConnection(enrolment, settings.connection, clock)));
  else findings.push(notLookedAt('connection', 'Without settings and enrolment there is nobody to reach.'));
  findings.push((await holderOf(folder.lock)) === undefined ? well('agent', 'The agent is stopped.') : well('agent', 'The agent is at work.'));
  if (isStopped(folder)) findings.push(warning('agent', 'The site was stopped by its people. Nothing leaves.', 'Resume it in the console, or with consilium site resume.'));
  return { findings, exitCode: findings.some(({ outcome }) => outcome === 'problem') ? 1 : 0 };
}

function attempt<T>(findings: Finding[], check: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    findings.push(told(check, error));
    return undefined;
  }
}

const told = (check: string, error: unknown): Finding => {
  const { message, definition } = error as ConsiliumError;
  return problem(check, sentenceOf(message), definition?.help ?? 'Look at the site folder.');
};
