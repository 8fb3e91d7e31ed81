import type { IncomingMessage } from 'node:http';

/**
 * Whether a request with a cookie comes from a page of this server: what changes something must name its origin, and the origin must be the
 * host that was asked. SameSite=Strict holds alone in today's browsers; this holds where it does not.
 */
export function isOwnPage(request: Pick<IncomingMessage, 'headers' | 'method'>): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return true;
  const { origin, host } = request.headers;
  if (origin === undefined || host === undefined) return false;
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}
