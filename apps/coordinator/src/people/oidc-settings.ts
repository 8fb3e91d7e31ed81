import { z } from 'zod';
import { isLoopback } from '@consilium/transport';
import { roles, type Role } from './account.entity.js';

const values = z.array(z.string().min(1)).default([]);

/** Sign-in by an identity provider of the institution (OpenID Connect). */
export const oidcSettingsSchema = z.object({
  issuer: z.url().describe('Its address, as its discovery document says it'),
  clientId: z.string().min(1),
  clientSecretFile: z.string().optional().describe('A file that holds the secret; none for a public client'),
  label: z.string().min(1).max(60).default('your institution').describe('Stands on the button of the sign-in page'),
  scopes: z.string().default('openid profile email'),
  nameClaim: z.string().min(1).default('preferred_username').describe('What people are called here'),
  roleClaim: z.string().min(1).default('roles').describe('Where their groups stand; dots lead into objects'),
  roles: z.object({ administrator: values, 'data-scientist': values, investigator: values }).describe('Which groups have which role; who is in none is not let in'),
});

export type OidcSettings = z.output<typeof oidcSettingsSchema>;

export function oidcMistakes({ issuer, roles: groups }: OidcSettings): string[] {
  const { protocol, hostname } = new URL(issuer);
  return [
    ...(protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname)) ? [] : ['oidc.issuer must be https: anybody on the way could say who people are otherwise.']),
    ...(roles.every((role) => groups[role].length === 0) ? ['oidc.roles names no group: nobody could sign in.'] : []),
  ];
}

/** The most that a person's groups allow; null when they allow nothing. */
export function roleOf(claims: unknown, { roleClaim, roles: groups }: Pick<OidcSettings, 'roleClaim' | 'roles'>): Role | null {
  const found = claimOf(claims, roleClaim);
  const own = new Set(Array.isArray(found) ? found : [found]);
  return roles.find((role) => groups[role].some((group) => own.has(group))) ?? null;
}

/** A name that accounts may have, made of what the provider calls a person; null when it says nothing usable. */
export function accountNameOf(claims: unknown, nameClaim: string): string | null {
  const found = claimOf(claims, nameClaim);
  if (typeof found !== 'string') return null;
  const name = found.trim().toLowerCase().replace(/[^a-z0-9._-]+/g, '-').slice(0, 58);
  if (!/[a-z0-9]/.test(name)) return null;
  return /^[a-z]/.test(name) ? name : `p-${name}`;
}

/** `realm_access.roles`, or the claim of exactly that name: some providers name claims by addresses. */
function claimOf(claims: unknown, path: string): unknown {
  const tree = claims as Record<string, unknown> | undefined;
  if (tree !== undefined && Object.hasOwn(tree, path)) return tree[path];
  return path.split('.').reduce<unknown>((inner, part) => (typeof inner === 'object' && inner !== null && Object.hasOwn(inner, part) ? (inner as Record<string, unknown>)[part] : undefined), claims);
}
