import { createPrivateKey, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';

// The certificate library asks for this before itself.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

export interface MadeCertificate {
  readonly keyPem: string;
  readonly certificatePem: string;
}

export interface ServerNames {
  /** Host names and IP addresses. */
  readonly names: readonly string[];
  readonly now: Date;
  readonly days: number;
}

const dayMilliseconds = 86_400_000;
const authorityDays = 3_650;
/** Machines whose clocks are behind must not see a certificate from the future. */
const backdateDays = 1;
const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

x509.cryptoProvider.set(webcrypto);

const makeKeys = (): Promise<webcrypto.CryptoKeyPair> => webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
const exportKey = async (key: webcrypto.CryptoKey): Promise<string> =>
  `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
const toPem = (certificate: x509.X509Certificate): string => `${certificate.toString('pem')}\n`;

function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  const from = now.getTime();
  return { notBefore: new Date(from - backdateDays * dayMilliseconds), notAfter: new Date(from + days * dayMilliseconds) };
}

function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  // The first bit of a serial number is its sign.
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

/** A private authority: ECDSA P-256, ten years, no authorities below it. */
export async function makeAuthority(now: Date): Promise<MadeCertificate> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: 'CN=Consilium private authority',
    ...validity(now, authorityDays),
    signingAlgorithm: keyAlgorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { keyPem: await exportKey(keys.privateKey), certificatePem: toPem(certificate) };
}

/** A fresh key and a server's certificate for it, signed by the authority. */
export async function makeServer(authority: MadeCertificate, { names, now, days }: ServerNames): Promise<MadeCertificate> {
  const keys = await makeKeys();
  const issuer = new x509.X509Certificate(authority.certificatePem);
  const der = createPrivateKey(authority.keyPem).export({ type: 'pkcs8', format: 'der' });
  const signingKey = await webcrypto.subtle.importKey('pkcs8', der, keyAlgorithm, false, ['sign']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: 'CN=Consilium coordinator',
    issuer: issuer.subject,
    ...validity(now, days),
    signingAlgorithm: keyAlgorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }))),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return { keyPem: await exportKey(keys.privateKey), certificatePem: toPem(certificate) };
}
