import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { isOwnPage } from '@consilium/operations/pages';
import { ConsiliumError, coordinatorErrors } from '@consilium/protocol';
import { AuditRecord } from '../audit/audit-record.js';
import type { Role } from './account.entity.js';
import { ALLOWED, type KnownRequest } from './allow.js';
import { PeopleService } from './people.service.js';
import { sessionOf } from './session-cookie.js';

/** Guards every route: bearer token or a browser's session, then role. Refusals of signed-in people are audited. */
@Injectable()
export class RoleGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(PeopleService) private readonly people: PeopleService,
    @Inject(AuditRecord) private readonly audit: AuditRecord,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const allowed = this.reflector.getAllAndOverride<readonly (Role | 'anybody')[] | undefined>(ALLOWED, [
      context.getHandler(),
      context.getClass(),
    ]) ?? ['administrator'];
    if (allowed.includes('anybody')) return true;
    const request = context.switchToHttp().getRequest<KnownRequest>();
    const token = tokenOf(request);
    const person = token === undefined ? null : await this.people.personOf(token);
    if (!person) throw new ConsiliumError(coordinatorErrors.notSignedIn, 'No valid token came with the request. Nothing was changed.');
    if (!allowed.includes(person.role)) {
      await this.audit.addAlone({
        actor: person.name,
        action: 'refused by role',
        subject: `${request.method} ${request.path}`.slice(0, 200),
        detail: { role: person.role },
      });
      throw new ConsiliumError(coordinatorErrors.notAllowed, `The role ${person.role} does not allow this; the role ${allowed.join(' or ')} does. Nothing was changed.`);
    }
    request.person = person;
    request.token = token!;
    return true;
  }
}

/** A bearer token goes before a cookie: who sends one means it. */
function tokenOf(request: KnownRequest): string | undefined {
  const bearer = /^Bearer (\S{1,200})$/.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const session = sessionOf(request);
  if (session !== undefined && !isOwnPage(request))
    throw new ConsiliumError(coordinatorErrors.notAllowed, 'The request came from a page that is not of this coordinator. Nothing was changed.');
  return session;
}
