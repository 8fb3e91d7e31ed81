import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ensureServerCertificate } from '@consilium/operations';
import type { CoordinatorConfiguration } from './configuration.js';

export interface ServerKeys {
  readonly tls: { readonly key: string; readonly cert: string; readonly minVersion: 'TLSv1.2' } | undefined;
  /** sha256 of the private CA's certificate, for invites; null with files of the operator's own or plain http. */
  readonly caDigest: string | null;
  readonly caPem: string | null;
}

export async function serverKeys(configuration: CoordinatorConfiguration): Promise<ServerKeys> {
  const { tls, tlsCertificateFile, tlsKeyFile, dataFolder, publicUrl } = configuration;
  if (tls === 'none') return { tls: undefined, caDigest: null, caPem: null };
  if (tls === 'files') {
    const [cert, key] = await Promise.all([readFile(tlsCertificateFile!, 'utf8'), readFile(tlsKeyFile!, 'utf8')]);
    return { tls: { key, cert, minVersion: 'TLSv1.2' }, caDigest: null, caPem: null };
  }
  const publicHost = publicUrl === undefined ? [] : [new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')];
  const names = [...new Set(['localhost', '127.0.0.1', hostname(), ...publicHost])];
  const { keyPem, certPem, caDigest, caPem } = await ensureServerCertificate(join(dataFolder, 'tls'), names);
  return { tls: { key: keyPem, cert: certPem, minVersion: 'TLSv1.2' }, caDigest, caPem };
}
