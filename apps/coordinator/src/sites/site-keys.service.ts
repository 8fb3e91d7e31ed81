import type { DataSource, EntityManager } from 'typeorm';
import { fingerprintOf, readStatement } from '@consilium/secure-channel';
import { ConsiliumError, coordinatorErrors, type SuccessionAnswer, type SuccessionRequest } from '@consilium/protocol';
import type { AuditRecord } from '../audit/audit-record.js';
import type { Clock } from '../clock.js';
import { KeySuccession } from './key-succession.entity.js';
import { Site } from './site.entity.js';

export interface SiteKey {
  readonly publicKey: string;
  readonly fingerprint: string;
  /** From when it was the site's; of the first one, since it enrolled. */
  readonly since: Date;
}

export interface KeysCentre {
  readonly coordinatorKey: string;
  /** Ends the live connection of a key. */
  hangUp(publicKey: string): void;
  /** The plans of the site are offered anew, with its new key. */
  admitted(site: string): Promise<void>;
}

/** How sites' keys follow one another: each by a statement that the key before it and the key itself have signed. */
export class SiteKeysService {
  constructor(
    private readonly database: DataSource,
    private readonly audit: AuditRecord,
    private readonly clock: Clock,
    private readonly centre: KeysCentre,
  ) {}

  /**
   * Takes the successor of an admitted site's key. The statement proves both keys, so nobody has to compare words again; the old key is refused from that moment, on its live connection too. The same
   * succession told again, since the answer was lost, gets the same answer. Whoever holds the old key can do this: a key that may be stolen is revoked, not rotated.
   */
  async succeed(statement: SuccessionRequest): Promise<SuccessionAnswer> {
    const content = readStatement(statement);
    if (content?.kind !== 'succession') throw refused('The statement is not one of succession, or is not signed by both keys.');
    const { oldKey, newKey } = content;
    const { site, isNew } = await this.database.transaction(async (manager) => {
      const known = await manager.findOneBy(KeySuccession, { oldKey });
      if (known) {
        if (known.newKey !== newKey) throw refused('This key has named another successor before.');
        return { site: known.site, isNew: false };
      }
      return { site: await this.take(manager, { oldKey, newKey, statement }), isNew: true };
    });
    if (isNew) {
      this.centre.hangUp(oldKey);
      await this.centre.admitted(site);
    }
    return { site, fingerprint: fingerprintOf(newKey).words, coordinatorKey: this.centre.coordinatorKey };
  }

  /** A site's keys, the first one first. */
  async keysOf(name: string): Promise<SiteKey[]> {
    const site = await this.database.getRepository(Site).findOneBy({ name });
    if (!site) throw new ConsiliumError(coordinatorErrors.notFound, `There is no site ${name}.`);
    const byNew = new Map((await this.database.getRepository(KeySuccession).findBy({ site: name })).map((link) => [link.newKey, link]));
    const keys: SiteKey[] = [];
    for (let key = site.publicKey; ; ) {
      const link = byNew.get(key);
      keys.unshift({ publicKey: key, fingerprint: fingerprintOf(key).words, since: link?.acceptedAt ?? site.enrolledAt });
      if (!link) return keys;
      byNew.delete(key);
      key = link.oldKey;
    }
  }


  private async take(manager: EntityManager, { oldKey, newKey, statement }: { oldKey: string; newKey: string; statement: SuccessionRequest }): Promise<string> {
    const site = await manager.findOne(Site, { where: { publicKey: oldKey }, lock: { mode: 'pessimistic_write' } });
    if (site?.state !== 'admitted') throw refused('The key is not that of an admitted site.');
    const isUsed = (await manager.existsBy(Site, { publicKey: newKey })) || (await manager.existsBy(KeySuccession, { oldKey: newKey }));
    if (isUsed) throw refused('The new key is or was that of a site.');
    const fingerprint = fingerprintOf(newKey).words;
    const acceptedAt = this.clock.now();
    await manager.insert(KeySuccession, { oldKey, newKey, site: site.name, text: statement.text, signatures: statement.signatures, acceptedAt });
    await manager.update(Site, { name: site.name }, { publicKey: newKey, fingerprint });
    await this.audit.add(manager, { actor: `site ${site.name}`, action: 'site key rotated', subject: site.name, detail: { from: site.fingerprint, to: fingerprint } });
    return site.name;
  }
}

const refused = (why: string): ConsiliumError => new ConsiliumError(coordinatorErrors.successionRefused, `${why} Nothing was changed.`);
