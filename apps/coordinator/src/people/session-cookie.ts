import type { Request, Response } from 'express';

/** The prefix binds the cookie to this host, over TLS, for all paths: the browser refuses it otherwise. */
const NAME = '__Host-consilium';

/** The token of a person's browser. Pages cannot read it, and other sites' pages cannot send it. */
export function setSession(response: Response, token: string, expiresAt: Date): void {
  response.cookie(NAME, token, { httpOnly: true, secure: true, sameSite: 'strict', path: '/', expires: expiresAt });
}

export const clearSession = (response: Response): void => void response.clearCookie(NAME, { httpOnly: true, secure: true, sameSite: 'strict', path: '/' });

export const sessionOf = (request: Pick<Request, 'headers'>): string | undefined => cookieOf(request, NAME, /^[\w-]{1,200}$/);

/** A cookie's value, where it has the form that this program gave it. */
export function cookieOf(request: Pick<Request, 'headers'>, name: string, form: RegExp): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return form.exec(part.slice(at + 1).trim())?.[0];
  }
  return undefined;
}
