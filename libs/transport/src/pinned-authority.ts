import { channelErrors, ConsiliumError } from '@consilium/protocol';
import { createHash, X509Certificate } from 'node:crypto';
import { request, type Agent } from 'node:https';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';

const CHAIN_LIMIT = 10;

export interface PinnedAuthorityRequest {
  readonly url: URL;
  /** sha256 of the authority's certificate (DER), hexadecimal. */
  readonly digest: string;
  readonly agent?: Agent;
  readonly timeoutMilliseconds: number;
}

/**
 * The certificate (PEM) of a private authority, taken from the chain that the server presents and recognised by its digest.
 *
 * Nothing is believed of this connection but what the digest proves; nothing but a HEAD of '/' may be sent on it. The certificate is then what
 * connections are verified against, names and dates included. The server must present its authority along with its own certificate.
 */
export function fetchPinnedAuthority({ url, digest, agent, timeoutMilliseconds }: PinnedAuthorityRequest): Promise<string> {
  return new Promise((resolve, reject) => {
    const head = request(new URL('/', url), { method: 'HEAD', rejectUnauthorized: false, timeout: timeoutMilliseconds, ...(agent ? { agent } : { agent: false }) });
    const look = (socket: TLSSocket): void => {
      const pem = findAuthority(socket.getPeerCertificate(true), digest);
      head.destroy();
      if (pem) resolve(pem);
      else reject(new ConsiliumError(channelErrors.certificateRefused, NOT_PRESENTED));
    };
    // The chain is known before anything answers; a response comes first only where the proxy itself answered.
    head.on('socket', (socket) => socket.once('secureConnect', () => look(socket as TLSSocket)));
    head.on('response', (response) => {
      head.destroy();
      reject(Object.assign(new Error('no TLS'), { message: `Unexpected server response: ${response.statusCode}` }));
    });
    head.on('timeout', () => head.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
    head.on('error', reject);
    head.end();
  });
}

const NOT_PRESENTED = 'The server does not show the authority of the invite. Behind an inspecting proxy, configure the certificate of the hospital.';

function findAuthority(certificate: DetailedPeerCertificate, digest: string): string | undefined {
  let current: DetailedPeerCertificate | undefined = certificate;
  for (let i = 0; i < CHAIN_LIMIT && current?.raw; i++) {
    if (createHash('sha256').update(current.raw).digest('hex') === digest.toLowerCase()) {
      const authority = new X509Certificate(current.raw);
      return authority.ca ? authority.toString() : undefined;
    }
    current = current.issuerCertificate === current ? undefined : current.issuerCertificate;
  }
  return undefined;
}
