import { readFileSync } from 'node:fs';
import * as openid from 'openid-client';
import { ConsiliumError, coordinatorErrors } from '@consilium/protocol';
import type { Log } from '../log.js';
import { accountNameOf, roleOf, type OidcSettings } from './oidc-settings.js';
import type { VouchedPerson } from './people.service.js';

/** What a browser keeps between leaving for the provider and coming back. */
export interface OidcJourney {
  readonly state: string;
  readonly nonce: string;
  /** PKCE: proves that who comes back is who left. */
  readonly verifier: string;
  /** The page that the person wanted. */
  readonly to: string;
}

export const NO_ROLE = 'no-role';
export const NO_NAME = 'no-name';

/** The authorization code flow with PKCE. State and nonce are checked, and the signature of the identity token. */
export class OidcSignIn {
  private found: Promise<openid.Configuration> | undefined;

  constructor(
    private readonly settings: OidcSettings,
    /** The centre's own address, where people come back to. */
    private readonly address: () => string,
    private readonly logger: Log,
  ) {}

  get label(): string {
    return this.settings.label;
  }

  /** Where to send a person, and what their browser has to keep. */
  async leave(to: string): Promise<{ readonly url: URL; readonly journey: OidcJourney }> {
    const provider = await this.provider();
    const journey = { state: openid.randomState(), nonce: openid.randomNonce(), verifier: openid.randomPKCECodeVerifier(), to };
    const url = openid.buildAuthorizationUrl(provider, {
      redirect_uri: this.comeBack,
      scope: this.settings.scopes,
      state: journey.state,
      nonce: journey.nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(journey.verifier),
      code_challenge_method: 'S256',
    });
    return { url, journey };
  }

  /** Who came back. Throws where the provider's word does not hold, and NO_ROLE or NO_NAME where it is not enough. */
  async arrive(query: string, { state, nonce, verifier }: OidcJourney): Promise<VouchedPerson | typeof NO_ROLE | typeof NO_NAME> {
    const provider = await this.provider();
    const claims = await this.claims(provider, query, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce });
    const role = roleOf(claims, this.settings);
    if (role === null) return NO_ROLE;
    const name = accountNameOf(claims, this.settings.nameClaim);
    return name === null ? NO_NAME : { identity: `${claims.iss} ${claims.sub}`, name, role };
  }

  private async claims(provider: openid.Configuration, query: string, checks: openid.AuthorizationCodeGrantChecks): Promise<openid.IDToken> {
    try {
      return (await openid.authorizationCodeGrant(provider, new URL(`${this.comeBack}${query}`), { ...checks, idTokenExpected: true })).claims()!;
    } catch (error) {
      // Its cause may hold what was sent, and is left out.
      this.logger.warn({ reason: error instanceof Error ? error.message : 'unknown', code: (error as { code?: unknown }).code }, 'what the identity provider sent was not accepted');
      throw error;
    }
  }

  private get comeBack(): string {
    return new URL('/api/oidc/callback', this.address()).href;
  }

  /** Found when it is first needed: a provider that is away does not keep the coordinator from starting. */
  private provider(): Promise<openid.Configuration> {
    this.found ??= this.discover().catch((error: unknown) => {
      this.found = undefined;
      this.logger.warn({ err: error }, 'the identity provider was not found');
      throw new ConsiliumError(coordinatorErrors.notSignedIn, 'The identity provider does not answer. You are not signed in.');
    });
    return this.found;
  }

  private discover(): Promise<openid.Configuration> {
    const { issuer, clientId, clientSecretFile } = this.settings;
    const authentication = clientSecretFile === undefined ? openid.None() : openid.ClientSecretBasic(readFileSync(clientSecretFile, 'utf8').trim());
    const insecure = new URL(issuer).protocol === 'http:' ? [openid.allowInsecureRequests] : [];
    return openid.discovery(new URL(issuer), clientId, undefined, authentication, { execute: [openid.enableNonRepudiationChecks, ...insecure] });
  }
}
