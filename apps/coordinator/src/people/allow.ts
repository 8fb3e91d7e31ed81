import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Role } from './account.entity.js';
import type { Person } from './people.service.js';

export const ALLOWED = 'consilium:allowed';

/** Roles that may use a route. A route without it is closed to everybody but administrators. */
export const Allow = (...roles: readonly (Role | 'anybody')[]) => SetMetadata(ALLOWED, roles);

export type KnownRequest = Request & { person?: Person; token?: string };

/** Who is asking: the account the token belongs to. */
export const Asker = createParamDecorator((_: unknown, context: ExecutionContext): Person => {
  const { person } = context.switchToHttp().getRequest<KnownRequest>();
  if (!person) throw new Error('The route is open to anybody and has no asker.');
  return person;
});
