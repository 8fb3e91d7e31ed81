import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createCertificateAuthority, ensureServerCertificate, issueServerCertificate } from './certificate-authority.js';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'authority-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (iso: string) => ({ now: () => new Date(iso) });

interface Client {
  readonly ca?: string;
  readonly servername: string;
  readonly rejectUnauthorized?: boolean;
}

async function handshake(server: { certPem: string; keyPem: string }, client: Client): Promise<TLSSocket> {
  const listener = createServer({ cert: server.certPem, key: server.keyPem }, (socket) => socket.on('error', () => undefined).end());
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  try {
    return await new Promise<TLSSocket>((resolve, reject) => {
      const socket = connect({ port: (listener.address() as AddressInfo).port, host: '127.0.0.1', ...client }, () => resolve(socket));
      socket.on('error', reject);
    });
  } finally {
    listener.close();
  }
}

describe('the certificate a coordinator makes at first start', () => {
  it('is accepted by a client that trusts the authority, by name and by address, and by no other', async () => {
    const made = await ensureServerCertificate(folder, ['centre.example', '127.0.0.1']);
    const socket = await handshake(made, { ca: made.caPem, servername: 'centre.example' });
    expect(socket.authorized).toBe(true);
    socket.destroy();
    await expect(handshake(made, { ca: made.caPem, servername: 'other.example' })).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    await expect(handshake(made, { servername: 'centre.example' })).rejects.toMatchObject({ code: 'SELF_SIGNED_CERT_IN_CHAIN' });
  });

  it('shows a client that only knows the digest the authority it stands for', async () => {
    const made = await ensureServerCertificate(folder, ['centre.example', '127.0.0.1']);
    const socket = await handshake(made, { servername: 'centre.example', rejectUnauthorized: false });
    const shown = socket.getPeerCertificate(true).issuerCertificate.raw;
    expect(createHash('sha256').update(shown).digest('hex')).toBe(made.caDigest);
    socket.destroy();
  });

  it('keeps its files to their owner and reads them again at the next start', async () => {
    const first = await ensureServerCertificate(folder, ['centre.example', '127.0.0.1']);
    const second = await ensureServerCertificate(folder, ['127.0.0.1']);
    expect(second).toEqual(first);
    for (const name of ['authority.pem', 'server.pem']) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, 'authority.crt'), 'utf8')).toBe(first.caPem);
  });

  it('is issued again for new names and before it ends, by the same authority', async () => {
    const first = await ensureServerCertificate(folder, ['127.0.0.1']);
    const renamed = await ensureServerCertificate(folder, ['127.0.0.1', 'new.example']);
    expect(renamed.certPem).not.toBe(first.certPem);
    expect(renamed.caDigest).toBe(first.caDigest);
    const nearEnd = new Date(renamed.expires.getTime() - 29 * 86_400_000).toISOString();
    const renewed = await ensureServerCertificate(folder, ['127.0.0.1', 'new.example'], at(nearEnd));
    expect(renewed.expires.getTime()).toBeGreaterThan(renamed.expires.getTime());
    expect(renewed.caDigest).toBe(first.caDigest);
  });

  it('is issued again when the stored one is damaged or signed by another authority', async () => {
    const path = join(folder, 'server.pem');
    const good = await ensureServerCertificate(folder, ['127.0.0.1']);
    await writeFile(path, good.keyPem);
    expect((await ensureServerCertificate(folder, ['127.0.0.1'])).caDigest).toBe(good.caDigest);
    const foreign = await issueServerCertificate(await createCertificateAuthority(join(folder, 'other')), { names: ['127.0.0.1'] });
    await writeFile(path, foreign.keyPem + foreign.certPem);
    const again = await ensureServerCertificate(folder, ['127.0.0.1']);
    expect(new X509Certificate(again.certPem).verify(new X509Certificate(good.caPem).publicKey)).toBe(true);
  });

  it('never replaces an authority whose file is damaged, because agents pinned it', async () => {
    const broken = join(folder, 'broken');
    await createCertificateAuthority(broken);
    await writeFile(join(broken, 'authority.pem'), 'nothing');
    await expect(createCertificateAuthority(broken)).rejects.toThrow(/damaged/);
  });
});
