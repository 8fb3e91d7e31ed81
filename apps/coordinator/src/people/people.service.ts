import { createHash, randomBytes } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { hash, verify } from '@node-rs/argon2';
import { ConsiliumError, coordinatorErrors } from '@consilium/protocol';
import type { AuditRecord } from '../audit/audit-record.js';
import type { Clock } from '../clock.js';
import { AccessToken } from './access-token.entity.js';
import { Account, type Role } from './account.entity.js';

export interface Person {
  readonly name: string;
  readonly role: Role;
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Date;
  readonly role: Role;
}

/** Somebody whom an identity provider vouches for. */
export interface VouchedPerson extends Person {
  /** Issuer and subject: never given to anybody else there. */
  readonly identity: string;
}

const TOKEN_HOURS = 30 * 24;
/** What the provider says of a person is asked again every day. */
const VOUCHED_HOURS = 12;
/** Also the floor of RFC 9106's second recommended choice: 64 MiB, three passes. */
const argon = { memoryCost: 65_536, timeCost: 3, parallelism: 4 };

const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Accounts of the coordinating centre and their tokens. Passwords and tokens are kept only as hashes. */
export class PeopleService {
  /** Verified when the account does not exist, so that both answers take the same time. */
  private decoy: Promise<string> | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly audit: AuditRecord,
    private readonly clock: Clock,
  ) {}

  async hasAdministrator(): Promise<boolean> {
    return this.database.getRepository(Account).existsBy({ role: 'administrator' });
  }

  async createAccount(account: { readonly name: string; readonly role: Role; readonly password: string }, actor: string): Promise<void> {
    const passwordHash = await hash(account.password, argon);
    await this.database.transaction(async (manager) => {
      if (await manager.existsBy(Account, { name: account.name }))
        throw new ConsiliumError(coordinatorErrors.nameTaken, `There is an account ${account.name}. Nothing was changed.`);
      await manager.insert(Account, { name: account.name, role: account.role, passwordHash, identity: null, createdAt: this.clock.now(), closedAt: null });
      await this.audit.add(manager, { actor, action: 'account made', subject: account.name, detail: { role: account.role } });
    });
  }

  /** The account can no longer sign in, and its tokens end now. */
  async closeAccount(name: string, actor: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const account = await manager.findOneBy(Account, { name });
      if (!account || account.closedAt) throw new ConsiliumError(coordinatorErrors.notFound, `There is no open account ${name}.`);
      await manager.update(Account, { name }, { closedAt: this.clock.now() });
      await manager.delete(AccessToken, { account: name });
      await this.audit.add(manager, { actor, action: 'account closed', subject: name });
    });
  }

  async accounts(): Promise<{ name: string; role: Role; createdAt: Date; closedAt: Date | null }[]> {
    return this.database.getRepository(Account).find({ select: { name: true, role: true, createdAt: true, closedAt: true }, order: { name: 'ASC' } });
  }

  /** A token for a name and password. One sentence for a wrong name and a wrong password. */
  async signIn(name: string, password: string, label: string): Promise<IssuedToken> {
    const account = await this.database.getRepository(Account).findOneBy({ name });
    this.decoy ??= hash(randomBytes(16).toString('hex'), argon);
    const matches = await verify(account?.passwordHash ?? (await this.decoy), password);
    if (!account?.passwordHash || account.closedAt || !matches) {
      await this.audit.addAlone({ actor: 'anonymous', action: 'sign-in refused', subject: name.slice(0, 60) });
      throw new ConsiliumError(coordinatorErrors.notSignedIn, 'The name or the password is wrong. You are not signed in.');
    }
    return this.database.transaction((manager) => this.issue(manager, account, { label, hours: TOKEN_HOURS }));
  }

  /** An account of that identity is made at its first sign-in; its role is the provider's word of today. A name that is somebody else's is not given away. */
  async signInVouched({ identity, name, role }: VouchedPerson): Promise<IssuedToken> {
    return this.database.transaction(async (manager) => {
      const known = await manager.findOne(Account, { where: { identity }, lock: { mode: 'pessimistic_write' } });
      if (known?.closedAt) throw new ConsiliumError(coordinatorErrors.notAllowed, `The account ${known.name} is closed. You are not signed in.`);
      if (!known) {
        if (await manager.existsBy(Account, { name })) throw new ConsiliumError(coordinatorErrors.nameTaken, `There is another account ${name}. You are not signed in.`);
        await manager.insert(Account, { name, role, passwordHash: null, identity, createdAt: this.clock.now(), closedAt: null });
        await this.audit.add(manager, { actor: 'identity provider', action: 'account made', subject: name, detail: { role } });
      } else if (known.role !== role) {
        await manager.update(Account, { name: known.name }, { role });
        await this.audit.add(manager, { actor: 'identity provider', action: 'role changed', subject: known.name, detail: { from: known.role, to: role } });
      }
      return this.issue(manager, { name: known?.name ?? name, role }, { label: 'browser, by the identity provider', hours: VOUCHED_HOURS });
    });
  }

  private async issue(manager: EntityManager, { name, role }: Person, { label, hours }: { readonly label: string; readonly hours: number }): Promise<IssuedToken> {
    const token = `cst_${randomBytes(32).toString('base64url')}`;
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + hours * 3_600_000);
    await manager.insert(AccessToken, { hash: tokenHash(token), account: name, label, createdAt, expiresAt });
    await this.audit.add(manager, { actor: name, action: 'signed in', subject: label, detail: { expiresAt: expiresAt.toISOString() } });
    return { token, expiresAt, role };
  }

  async signOut(token: string, actor: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      await manager.delete(AccessToken, { hash: tokenHash(token) });
      await this.audit.add(manager, { actor, action: 'signed out', subject: actor });
    });
  }

  async personOf(token: string): Promise<Person | null> {
    const found = await this.database.getRepository(AccessToken).findOneBy({ hash: tokenHash(token) });
    if (!found || found.expiresAt <= this.clock.now()) return null;
    const account = await this.database.getRepository(Account).findOneBy({ name: found.account });
    return account && !account.closedAt ? { name: account.name, role: account.role } : null;
  }
}
