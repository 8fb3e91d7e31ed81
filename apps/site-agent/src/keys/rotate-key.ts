import { writeDurably } from '@consilium/operations';
import { agentErrors, ConsiliumError, successionAnswerSchema, type SuccessionRequest } from '@consilium/protocol';
import { createIdentityFile, declareSuccession, loadIdentity, replaceIdentity, systemClock, type Clock, type SignedStatement } from '@consilium/secure-channel';
import { existsSync, readFileSync } from 'node:fs';
import { readEnrolment } from '../enrolment/enrolment.js';
import { askCentre } from '../enrolment/https-request.js';
import { lockFolder } from '../folder/folder-lock.js';
import { existingSiteFolder, type SiteFolder } from '../folder/site-folder.js';
import { Ledger } from '../ledger/ledger.js';
import { Approvals } from '../plans/approvals.js';
import { readSettings } from '../settings/agent-settings.js';

export interface RotatedKey {
  readonly site: string;
  /** Words of the new key, as the coordinating centre shows them too. */
  readonly words: string;
  readonly earlierWords: string;
}

/**
 * Gives the site a new key: the old one signs the new one, the coordinator checks and stores the statement, and only then is the old one let go. Killed at any instant, it goes on where it was when it is
 * done again: the new key waits in its own file until the coordinator has taken it. Decisions of the steward are signed anew by it. E312 while the agent works in the folder.
 */
export async function rotateKey(root: string, { clock = systemClock }: { readonly clock?: Clock } = {}): Promise<RotatedKey> {
  const folder = existingSiteFolder(root);
  const enrolment = readEnrolment(folder);
  const lock = await lockFolder(folder.lock);
  try {
    const old = await loadIdentity(folder.identity);
    const next = existsSync(folder.nextIdentity) ? await loadIdentity(folder.nextIdentity) : await createIdentityFile(folder.nextIdentity);
    const at = new Date(clock.now()).toISOString();
    const statement = declareSuccession(old, next, at);
    await record(folder, { event: 'key-rotated', at, from: old.publicKey, to: next.publicKey });
    await tell(folder, statement, next.fingerprint.words, enrolment);
    await keepChain(folder, statement);
    await new Approvals(folder.approvals, old.publicKey, clock).signAnew(next);
    await replaceIdentity(folder.nextIdentity, folder.identity);
    return { site: enrolment.site, words: next.fingerprint.words, earlierWords: old.fingerprint.words };
  } finally {
    await lock.release();
  }
}

async function record(folder: SiteFolder, entry: { event: 'key-rotated'; at: string; from: string; to: string }): Promise<void> {
  const ledger = await Ledger.open(folder.ledger);
  await ledger.append(entry).finally(() => ledger.close());
}

async function tell(folder: SiteFolder, statement: SignedStatement, words: string, { url, caDigest, coordinatorKey }: { url: string; caDigest: string | null; coordinatorKey: string }): Promise<void> {
  const request: SuccessionRequest = { text: statement.text, signatures: { ...statement.signatures } };
  const { status, body } = await askCentre({ url, caDigest }, '/api/enrolment/succession', readSettings(folder).connection, request);
  const answer = successionAnswerSchema.safeParse(body);
  if (status >= 400 || !answer.success) throw new ConsiliumError(agentErrors.rotationRefused, `The coordinator did not take the new key (status ${status}). The site keeps the old one.`);
  if (answer.data.coordinatorKey !== coordinatorKey || answer.data.fingerprint !== words) {
    throw new ConsiliumError(agentErrors.rotationRefused, 'The coordinator that answered is not the one of the enrolment. The site keeps the old key.');
  }
}

/** The statements of the site itself, oldest first: with them anybody can follow its keys from the first to the present one. */
async function keepChain(folder: SiteFolder, statement: SignedStatement): Promise<void> {
  const chain = readChain(folder);
  const isKnown = chain.some(({ signatures }) => Object.keys(statement.signatures).every((key) => Object.hasOwn(signatures, key)));
  if (!isKnown) await writeDurably(folder.keyChain, `${JSON.stringify([...chain, statement], null, 2)}\n`);
}

export function readChain(folder: SiteFolder): SignedStatement[] {
  return existsSync(folder.keyChain) ? (JSON.parse(readFileSync(folder.keyChain, 'utf8')) as SignedStatement[]) : [];
}
