import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Throttle } from '@nestjs/throttler';
import type { Response } from 'express';
import { z } from 'zod';
import { accountNameSchema, accountRequestSchema } from '@consilium/protocol/requests';
import { Accepts } from '../http/accepts.js';
import { roles } from './account.entity.js';
import { Allow, Asker, type KnownRequest } from './allow.js';
import { PeopleService, type IssuedToken, type Person } from './people.service.js';
import { clearSession, setSession } from './session-cookie.js';

const signInSchema = z.strictObject({ name: z.string().max(60), password: z.string().max(200), label: z.string().max(100).default('token') });
const sessionSchema = signInSchema.omit({ label: true });

@ApiTags('people')
@Controller('api')
export class PeopleController {
  constructor(@Inject(PeopleService) private readonly people: PeopleService) {}

  @Post('sign-in')
  @HttpCode(200)
  @Allow('anybody')
  @Throttle({ default: { limit: 10, ttl: 60_000 } })
  @Accepts(signInSchema)
  signIn(@Body({ schema: signInSchema }) body: z.infer<typeof signInSchema>): Promise<IssuedToken> {
    return this.people.signIn(body.name, body.password, body.label);
  }

  /** For browsers: the token goes into a cookie that pages cannot read. */
  @Post('session')
  @HttpCode(200)
  @Allow('anybody')
  @Throttle({ default: { limit: 10, ttl: 60_000 } })
  @Accepts(sessionSchema)
  async openSession(@Body({ schema: sessionSchema }) body: z.infer<typeof sessionSchema>, @Res({ passthrough: true }) response: Response): Promise<Person> {
    const { token, expiresAt, role } = await this.people.signIn(body.name, body.password, 'browser');
    setSession(response, token, expiresAt);
    return { name: body.name, role };
  }

  @Delete('session')
  @HttpCode(204)
  @ApiBearerAuth()
  @Allow(...roles)
  async closeSession(@Req() request: KnownRequest, @Asker() asker: Person, @Res({ passthrough: true }) response: Response): Promise<void> {
    await this.people.signOut(request.token!, asker.name);
    clearSession(response);
  }

  @Post('sign-out')
  @HttpCode(204)
  @ApiBearerAuth()
  @Allow(...roles)
  signOut(@Req() request: KnownRequest, @Asker() asker: Person): Promise<void> {
    return this.people.signOut(request.token!, asker.name);
  }

  @Get('me')
  @ApiBearerAuth()
  @Allow(...roles)
  me(@Asker() asker: Person): Person {
    return asker;
  }

  @Get('accounts')
  @ApiBearerAuth()
  @Allow('administrator')
  accounts(): ReturnType<PeopleService['accounts']> {
    return this.people.accounts();
  }

  @Post('accounts')
  @ApiBearerAuth()
  @Allow('administrator')
  @Accepts(accountRequestSchema)
  create(@Body({ schema: accountRequestSchema }) body: z.infer<typeof accountRequestSchema>, @Asker() asker: Person): Promise<void> {
    return this.people.createAccount(body, asker.name);
  }

  @Delete('accounts/:name')
  @HttpCode(204)
  @ApiBearerAuth()
  @Allow('administrator')
  close(@Param('name', { schema: accountNameSchema }) name: string, @Asker() asker: Person): Promise<void> {
    return this.people.closeAccount(name, asker.name);
  }
}
