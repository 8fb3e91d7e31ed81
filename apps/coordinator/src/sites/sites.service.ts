import { createHash, randomBytes } from 'node:crypto';
import { IsNull, MoreThan, type DataSource } from 'typeorm';
import { fingerprintOf, parsePublicKey, verifySignature, type Identity } from '@consilium/secure-channel';
import {
  ConsiliumError,
  coordinatorErrors,
  encodeInvite,
  enrolmentStatement,
  type EnrolmentAnswer,
  type EnrolmentRequest,
} from '@consilium/protocol';
import type { AuditRecord } from '../audit/audit-record.js';
import type { Clock } from '../clock.js';
import { KeySuccession } from './key-succession.entity.js';
import { Invite } from './invite.entity.js';
import { Site } from './site.entity.js';

export interface CentreAddress {
  readonly url: string;
  /** sha256 of the private CA, or null with a certificate of the operator's own. */
  readonly ca: string | null;
}

const INVITE_DAYS = 14;
const codeHash = (code: string): string => createHash('sha256').update(code).digest('hex');

export class SitesService {
  constructor(
    private readonly database: DataSource,
    private readonly audit: AuditRecord,
    private readonly clock: Clock,
    private readonly centre: {
      readonly identity: Identity;
      address(): CentreAddress;
      hangUp(publicKey: string): void;
      release(publicKey: string): void;
      admitted(site: string): Promise<void>;
    },
  ) {}

  list(): Promise<Site[]> {
    return this.database.getRepository(Site).find({ order: { name: 'ASC' } });
  }

  openInvites(): Promise<Pick<Invite, 'site' | 'createdAt' | 'expiresAt'>[]> {
    return this.database.getRepository(Invite).find({
      select: { codeHash: true, site: true, createdAt: true, expiresAt: true },
      where: { usedAt: IsNull(), expiresAt: MoreThan(this.clock.now()) },
      order: { createdAt: 'ASC' },
    });
  }

  /** The invite is shown once; only the hash of its code is kept. */
  async invite(site: string, actor: string): Promise<{ invite: string; expiresAt: Date }> {
    const code = randomBytes(24).toString('base64url');
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + INVITE_DAYS * 86_400_000);
    await this.database.transaction(async (manager) => {
      await this.refuseTaken(await manager.findOneBy(Site, { name: site }));
      await manager.insert(Invite, { codeHash: codeHash(code), site, createdAt, expiresAt, usedAt: null });
      await this.audit.add(manager, { actor, action: 'site invited', subject: site, detail: { expiresAt: expiresAt.toISOString() } });
    });
    const { url, ca } = this.centre.address();
    return { invite: encodeInvite({ url, site, code, ca, key: this.centre.identity.publicKey }), expiresAt };
  }

  /** An agent gives its key for a code, once. It waits until people have compared the fingerprints. */
  async enrol(request: EnrolmentRequest): Promise<EnrolmentAnswer> {
    const { code, publicKey, signature, agentVersion } = request;
    if (!parsePublicKey(publicKey))
      throw new ConsiliumError(coordinatorErrors.weakKey, 'The public key is weak or malformed. It was not stored, and the invite is still good.');
    if (!verifySignature({ publicKey, signature, ...enrolmentStatement(code, publicKey) })) {
      throw new ConsiliumError(
        coordinatorErrors.signatureRefused,
        'The enrolment is not signed by the key it names. Nothing was stored, and the invite is still good.',
      );
    }
    return this.database.transaction(async (manager) => {
      const invite = await manager.findOne(Invite, { where: { codeHash: codeHash(code) }, lock: { mode: 'pessimistic_write' } });
      const again = invite?.usedAt ? await manager.findOneBy(Site, { name: invite.site, publicKey }) : null;
      // The answer to the first time was lost on the way: the same key gets the same answer.
      if (again && again.state !== 'revoked') return this.answer(again);
      if (!invite || invite.usedAt || invite.expiresAt <= this.clock.now())
        throw new ConsiliumError(coordinatorErrors.inviteRefused, 'The invite is unknown, used or expired. No site was enrolled.');
      await this.refuseTaken(await manager.findOneBy(Site, { name: invite.site }));
      if ((await manager.existsBy(Site, { publicKey })) || (await manager.existsBy(KeySuccession, { oldKey: publicKey })))
        throw new ConsiliumError(coordinatorErrors.nameTaken, 'This key is or was that of a site. Nothing was stored.');
      const enrolledAt = this.clock.now();
      const site = {
        name: invite.site,
        publicKey,
        fingerprint: fingerprintOf(publicKey).words,
        state: 'waiting' as const,
        agentVersion,
        enrolledAt,
        admittedAt: null,
        revokedAt: null,
        seenAt: null,
        stoppedAt: null,
      };
      // A revoked site of this name enrols anew, with a new key.
      await manager.save(Site, site);
      await manager.update(Invite, { codeHash: invite.codeHash }, { usedAt: enrolledAt });
      await this.audit.add(manager, {
        actor: `site ${invite.site}`,
        action: 'site enrolled',
        subject: invite.site,
        detail: { fingerprint: site.fingerprint },
      });
      return this.answer(site);
    });
  }

  /** After the words were compared over the telephone: the caller says them, so that no site is admitted unseen. */
  async admit(name: string, fingerprint: string, actor: string): Promise<Site> {
    const site = await this.database.transaction(async (manager) => {
      const site = await manager.findOne(Site, { where: { name }, lock: { mode: 'pessimistic_write' } });
      if (!site) throw new ConsiliumError(coordinatorErrors.notFound, `No site ${name} has enrolled.`);
      if (site.state !== 'waiting')
        throw new ConsiliumError(coordinatorErrors.stateForbids, `${name} is ${site.state}, not waiting. Nothing was changed.`);
      if (fingerprint.trim().toLowerCase().split(/\s+/).join(' ') !== site.fingerprint) {
        await this.audit.add(manager, { actor, action: 'admission refused', subject: name, detail: { reason: 'the fingerprint differs' } });
        return site;
      }
      const admitted = { ...site, state: 'admitted' as const, admittedAt: this.clock.now() };
      await manager.save(Site, admitted);
      await this.audit.add(manager, { actor, action: 'site admitted', subject: name, detail: { fingerprint: site.fingerprint } });
      return admitted;
    });
    if (site.state !== 'admitted')
      throw new ConsiliumError(coordinatorErrors.signatureRefused, `These are not the words of ${name}'s key. The site was not admitted.`);
    await this.centre.admitted(name);
    return site;
  }

  /** Effective at once on the live connection here, and within seconds on those of other processes. */
  async revoke(name: string, reason: string, actor: string): Promise<void> {
    const site = await this.database.transaction(async (manager) => {
      const found = await manager.findOne(Site, { where: { name }, lock: { mode: 'pessimistic_write' } });
      if (!found) throw new ConsiliumError(coordinatorErrors.notFound, `There is no site ${name}.`);
      if (found.state === 'revoked') throw new ConsiliumError(coordinatorErrors.stateForbids, `${name} is revoked already.`);
      await manager.update(Site, { name }, { state: 'revoked', revokedAt: this.clock.now() });
      await this.audit.add(manager, { actor, action: 'site revoked', subject: name, detail: { reason } });
      return found;
    });
    this.centre.hangUp(site.publicKey);
  }

  /** After parallel sessions of one key: people have found out which program is the site's. */
  async release(name: string, reason: string, actor: string): Promise<void> {
    const site = await this.database.getRepository(Site).findOneBy({ name, state: 'admitted' });
    if (!site) throw new ConsiliumError(coordinatorErrors.notFound, `There is no admitted site ${name}.`);
    await this.audit.addAlone({ actor, action: 'site released', subject: name, detail: { reason } });
    this.centre.release(site.publicKey);
  }

  private async refuseTaken(site: Site | null): Promise<void> {
    if (site && site.state !== 'revoked') throw new ConsiliumError(coordinatorErrors.nameTaken, `There is a site ${site.name}. Nothing was changed.`);
  }

  private answer(site: Pick<Site, 'name' | 'state' | 'fingerprint'>): EnrolmentAnswer {
    return {
      site: site.name,
      state: site.state === 'admitted' ? 'admitted' : 'waiting',
      fingerprint: site.fingerprint,
      coordinatorKey: this.centre.identity.publicKey,
    };
  }
}
