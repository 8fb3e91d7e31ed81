import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';

import { removeUnfinished, writeDurably } from './durable-file.js';

/** A private certificate authority: its certificate may be shown to anyone, its key never leaves the folder. */
export interface CertificateAuthority {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** SHA-256 of the certificate (DER), 64 hexadecimal digits: what an invite carries and an agent pins. */
  readonly digest: string;
  readonly expires: Date;
}

export interface ServerCertificate {
  readonly caPem: string;
  readonly caDigest: string;
  /** The server's certificate followed by the authority's, so that a client who only knows the digest is shown both. */
  readonly certPem: string;
  readonly keyPem: string;
  readonly expires: Date;
}

export interface CertificateOptions {
  readonly now?: () => Date;
  /** A certificate with less time left is issued again at the next start; 30 days by default. */
  readonly renewBeforeDays?: number;
  readonly validDays?: number;
}

const dayMilliseconds = 86_400_000;

/** Loaded when a certificate is to be made, which is seldom: the library for it is larger than all else a short command needs. */
const makers = (): Promise<typeof import('./made-certificates.js')> => import('./made-certificates.js');

const blocks = (pem: string, label: string): string[] => pem.match(new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----\n?`, 'g')) ?? [];

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function describeAuthority(pem: string): CertificateAuthority {
  const [keyPem] = blocks(pem, 'PRIVATE KEY');
  const [certificatePem] = blocks(pem, 'CERTIFICATE');
  // Making another authority in its place would shut out every agent that pinned this one.
  if (!keyPem || !certificatePem) throw new Error('The file of the certificate authority is damaged. Bring it back from a backup.');
  const certificate = new X509Certificate(certificatePem);
  return { certificatePem, keyPem, digest: createHash('sha256').update(certificate.raw).digest('hex'), expires: new Date(certificate.validTo) };
}

/** Reads the authority in `folder`, or makes it: ECDSA P-256, ten years, no authorities below it. Key and certificate share one file, mode 0600. */
export async function createCertificateAuthority(folder: string, options: CertificateOptions = {}): Promise<CertificateAuthority> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'authority.pem');
  const existing = await readIfThere(path);
  if (existing !== undefined) return describeAuthority(existing);
  await removeUnfinished(folder);
  const { makeAuthority } = await makers();
  const { keyPem, certificatePem } = await makeAuthority((options.now ?? (() => new Date()))());
  const pem = keyPem + certificatePem;
  await writeDurably(path, pem);
  await writeDurably(join(folder, 'authority.crt'), certificatePem, { mode: 0o644 });
  return describeAuthority(pem);
}

export interface ServerCertificateRequest extends CertificateOptions {
  /** Host names and IP addresses people and agents connect to. */
  readonly names: readonly string[];
}

/** A fresh key and a certificate for it over `names`, signed by `authority`. Nothing is stored. */
export async function issueServerCertificate(authority: CertificateAuthority, request: ServerCertificateRequest): Promise<ServerCertificate> {
  const { names, now = () => new Date(), validDays = 365 } = request;
  const { makeServer } = await makers();
  const { keyPem, certificatePem } = await makeServer(authority, { names, now: now(), days: validDays });
  return describeServer(authority, keyPem + certificatePem);
}

function describeServer(authority: CertificateAuthority, pem: string): ServerCertificate {
  const [keyPem = ''] = blocks(pem, 'PRIVATE KEY');
  const [leafPem = ''] = blocks(pem, 'CERTIFICATE');
  return {
    caPem: authority.certificatePem,
    caDigest: authority.digest,
    certPem: leafPem + authority.certificatePem,
    keyPem,
    expires: new Date(new X509Certificate(leafPem).validTo),
  };
}

/** Whether a stored certificate can go on being used: from this authority, for its key, for all the names, and with time left. */
function stillGood(pem: string, authority: CertificateAuthority, request: ServerCertificateRequest): boolean {
  const { names, now = () => new Date(), renewBeforeDays = 30 } = request;
  try {
    const { keyPem, certPem, expires } = describeServer(authority, pem);
    const certificate = new X509Certificate(certPem);
    const covers = (name: string): boolean => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined;
    return (
      certificate.verify(new X509Certificate(authority.certificatePem).publicKey) &&
      certificate.checkPrivateKey(createPrivateKey(keyPem)) &&
      expires.getTime() - now().getTime() > renewBeforeDays * dayMilliseconds &&
      names.every(covers)
    );
  } catch {
    return false;
  }
}

/**
 * The certificate a coordinator serves with when none is configured: made in `folder` at first start, read at the next, and issued again by
 * the same authority when it nears its end or the names changed. The authority, and so the digest agents pinned, stays.
 */
export async function ensureServerCertificate(folder: string, names: readonly string[], options: CertificateOptions = {}): Promise<ServerCertificate> {
  const authority = await createCertificateAuthority(folder, options);
  const request = { ...options, names };
  const path = join(folder, 'server.pem');
  const existing = await readIfThere(path);
  if (existing !== undefined && stillGood(existing, authority, request)) return describeServer(authority, existing);
  const issued = await issueServerCertificate(authority, request);
  await writeDurably(path, issued.keyPem + (blocks(issued.certPem, 'CERTIFICATE')[0] ?? ''));
  return issued;
}
