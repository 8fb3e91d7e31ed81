import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Throttle } from '@nestjs/throttler';
import type { CookieOptions, Request, Response } from 'express';
import { z } from 'zod';
import { ConsiliumError, coordinatorErrors } from '@consilium/protocol';
import { AuditRecord } from '../audit/audit-record.js';
import { Allow } from './allow.js';
import { type OidcJourney, type OidcSignIn } from './oidc-sign-in.js';
import { PeopleService } from './people.service.js';
import { cookieOf, setSession } from './session-cookie.js';

export const OIDC = 'consilium:oidc';

const COOKIE = '__Host-consilium-journey';
/** Lax: the provider leads back to this host, and its page is another site's. */
const journeyCookie: CookieOptions = { httpOnly: true, secure: true, sameSite: 'lax', path: '/' };
const JOURNEY_MILLISECONDS = 10 * 60_000;

const journeySchema = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), to: z.string() });
const startSchema = z.object({ to: z.string().max(2_000).default('/studies') });

/** Only pages of this dashboard. */
const within = (to: string): string => (/^\/(?![/\\])[\x20-\x7e]*$/.test(to) && !to.startsWith('/api') ? to : '/studies');

/** Why somebody who came back is not signed in; the sign-in page has a sentence for each. */
type Reason = 'no-role' | 'no-name' | 'name-taken' | 'closed' | 'away' | 'refused';

/** Sign-in by the institution's identity provider, where one is configured. */
@ApiTags('people')
@Controller('api/oidc')
export class OidcController {
  constructor(
    @Inject(OIDC) private readonly oidc: OidcSignIn | null,
    @Inject(PeopleService) private readonly people: PeopleService,
    @Inject(AuditRecord) private readonly audit: AuditRecord,
  ) {}

  /** What the sign-in page offers beside a password. */
  @Get()
  @Allow('anybody')
  offered(): { readonly provider: string | null } {
    return { provider: this.oidc?.label ?? null };
  }

  @Get('start')
  @Allow('anybody')
  @Throttle({ default: { limit: 60, ttl: 60_000 } })
  async start(@Query({ schema: startSchema }) { to }: z.infer<typeof startSchema>, @Res() response: Response): Promise<void> {
    try {
      const { url, journey } = await this.configured.leave(within(to));
      response.cookie(COOKIE, Buffer.from(JSON.stringify(journey)).toString('base64url'), { ...journeyCookie, maxAge: JOURNEY_MILLISECONDS });
      response.redirect(302, url.href);
    } catch (error) {
      if (!(error instanceof ConsiliumError) || error.definition.code === coordinatorErrors.notFound.code) throw error;
      response.redirect(302, '/sign-in?refused=away');
    }
  }

  @Get('callback')
  @Allow('anybody')
  @Throttle({ default: { limit: 60, ttl: 60_000 } })
  async callback(@Req() request: Request, @Res() response: Response): Promise<void> {
    const oidc = this.configured;
    const journey = journeyOf(request);
    response.clearCookie(COOKIE, journeyCookie);
    const outcome = journey === null ? 'refused' : await this.arrived(oidc, request, journey);
    if (typeof outcome === 'string') {
      await this.audit.addAlone({ actor: 'anonymous', action: 'sign-in refused', subject: 'identity provider', detail: { reason: outcome } });
      return response.redirect(302, `/sign-in?refused=${outcome}`);
    }
    setSession(response, outcome.token, outcome.expiresAt);
    response.redirect(302, within(journey!.to));
  }

  private async arrived(oidc: OidcSignIn, request: Request, journey: OidcJourney): Promise<Reason | Awaited<ReturnType<PeopleService['signInVouched']>>> {
    try {
      const person = await oidc.arrive(new URL(request.originalUrl, 'https://centre.invalid').search, journey);
      return typeof person === 'string' ? person : await this.people.signInVouched(person);
    } catch (error) {
      // What the provider or its imitator sent is not repeated anywhere.
      if (!(error instanceof ConsiliumError)) return 'refused';
      const { code } = error.definition;
      return code === coordinatorErrors.nameTaken.code ? 'name-taken' : code === coordinatorErrors.notAllowed.code ? 'closed' : 'away';
    }
  }

  private get configured(): OidcSignIn {
    if (this.oidc === null) throw new ConsiliumError(coordinatorErrors.notFound, 'This coordinator has no identity provider.');
    return this.oidc;
  }
}

function journeyOf(request: Request): OidcJourney | null {
  const kept = cookieOf(request, COOKIE, /^[\w-]{1,6000}$/);
  if (kept === undefined) return null;
  try {
    return journeySchema.parse(JSON.parse(Buffer.from(kept, 'base64url').toString('utf8')));
  } catch {
    return null;
  }
}
