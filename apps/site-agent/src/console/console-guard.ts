import { isOwnPage } from '@consilium/operations/pages';
import { agentErrors, ConsiliumError } from '@consilium/protocol';
import { Inject, Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { readConsoleAccess, type ConsoleAccess } from './console-password.js';
import { CONSOLE_PARTS, type ConsoleParts } from './console-parts.js';
import { ConsoleSessions } from './console-sessions.js';

const OPEN = 'consilium:console-open';

/** A route for whoever reaches the page: signing in. Every other needs a session. */
export const Open = () => SetMetadata(OPEN, true);

/** Names under which a console answers. Any other in Host is a page elsewhere that pretends to be this machine. */
const OWN_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Cookies know no ports; the port in the name keeps two sites on one machine apart. */
const cookieName = ({ port }: Pick<ConsoleAccess, 'port'>): string => `consilium-console-${port}`;

/** Not `Secure`: the console is plain HTTP on loopback, where some browsers keep no secure cookie. */
const attributes = { httpOnly: true, sameSite: 'strict', path: '/' } as const;

export const keepSession = (response: Response, access: ConsoleAccess, token: string): void => void response.cookie(cookieName(access), token, attributes);
export const dropSession = (response: Response, access: ConsoleAccess): void => void response.clearCookie(cookieName(access), attributes);

export function sessionOf(request: Pick<Request, 'headers'>, access: ConsoleAccess): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === cookieName(access)) return /^[\w-]{1,100}$/.exec(part.slice(at + 1).trim())?.[0];
  }
  return undefined;
}

export function isOwnHost({ headers: { host = '' } }: Pick<Request, 'headers'>, { port }: Pick<ConsoleAccess, 'port'>): boolean {
  const at = host.lastIndexOf(':');
  return OWN_NAMES.has(host.slice(0, at)) && host.slice(at + 1) === String(port);
}

/** Guards every route: the right name of the machine, a page of the console itself, and a session. */
@Injectable()
export class ConsoleGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(CONSOLE_PARTS) private readonly parts: ConsoleParts,
    @Inject(ConsoleSessions) private readonly sessions: ConsoleSessions,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const { access, site } = this.parts;
    if (!isOwnHost(request, access) || !isOwnPage(request)) throw new ConsiliumError(agentErrors.consoleForeignPage, 'The request came from a page that is not of this console. Nothing was changed.');
    if (this.reflector.get<boolean | undefined>(OPEN, context.getHandler())) return true;
    const token = sessionOf(request, access);
    const current = readConsoleAccess(site.folder);
    if (token === undefined || !current || !this.sessions.isOpen(token, current.password)) throw new ConsiliumError(agentErrors.consoleSignedOut, 'You are not signed in. Nothing was changed.');
    return true;
  }
}
