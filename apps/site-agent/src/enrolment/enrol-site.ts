import { writeDurably } from '@consilium/operations';
import { agentErrors, ConsiliumError, enrolmentAnswerSchema, enrolmentStatement, parseInvite, PRODUCT_VERSION, type EnrolmentRequest } from '@consilium/protocol';
import { loadIdentity, parsePublicKey, systemClock, type Clock } from '@consilium/secure-channel';
import { existsSync } from 'node:fs';
import { lockFolder } from '../folder/folder-lock.js';
import { existingSiteFolder } from '../folder/site-folder.js';
import { Ledger } from '../ledger/ledger.js';
import { readSettings } from '../settings/agent-settings.js';
import type { Enrolment } from './enrolment.js';
import { askCentre } from './https-request.js';

export interface EnrolOptions {
  readonly invite: string;
  /** Where the invite says another address, for example behind a gateway of the hospital. */
  readonly coordinatorUrl?: string | undefined;
  readonly clock?: Clock;
}

export interface EnrolledSite {
  readonly site: string;
  readonly state: 'waiting' | 'admitted';
  /** To be read to the coordinating centre over the telephone. */
  readonly words: string;
}

/** Uses an invite: tells the coordinator the site's public key, and remembers whom the site trusts. Nothing else is sent. */
export async function enrolSite(root: string, { invite, coordinatorUrl, clock = systemClock }: EnrolOptions): Promise<EnrolledSite> {
  const folder = existingSiteFolder(root);
  if (existsSync(folder.enrolment)) throw new ConsiliumError(agentErrors.alreadyEnrolled);
  const content = parseInvite(invite);
  if (!content || parsePublicKey(content.key) === null) throw new ConsiliumError(agentErrors.inviteUnusable);
  const identity = await loadIdentity(folder.identity);
  const settings = readSettings(folder);
  const lock = await lockFolder(folder.lock);
  try {
    const { purpose, message } = enrolmentStatement(content.code, identity.publicKey);
    const request: EnrolmentRequest = { code: content.code, publicKey: identity.publicKey, agentVersion: PRODUCT_VERSION, signature: identity.signText(purpose, message) };
    const url = coordinatorUrl ?? content.url;
    const { status, body } = await askCentre({ url, caDigest: content.ca }, '/api/enrolment', settings.connection, request);
    const answer = enrolmentAnswerSchema.safeParse(body);
    if (status >= 400 || !answer.success) throw new ConsiliumError(agentErrors.enrolmentRefused, `The coordinator did not enrol the site (status ${status}). The site is not enrolled.`);
    if (answer.data.coordinatorKey !== content.key || answer.data.fingerprint !== identity.fingerprint.words) {
      throw new ConsiliumError(agentErrors.enrolmentRefused, 'The coordinator that answered is not the one of the invite. The site is not enrolled.');
    }
    const at = new Date(clock.now()).toISOString();
    const enrolment: Enrolment = { url, site: answer.data.site, coordinatorKey: content.key, caDigest: content.ca, enrolledAt: at };
    const ledger = await Ledger.open(folder.ledger);
    await ledger.append({ event: 'enrolled', at, site: enrolment.site, coordinator: url, publicKey: identity.publicKey });
    await ledger.close();
    await writeDurably(folder.enrolment, `${JSON.stringify(enrolment, null, 2)}\n`);
    return { site: enrolment.site, state: answer.data.state, words: identity.fingerprint.words };
  } finally {
    await lock.release();
  }
}
