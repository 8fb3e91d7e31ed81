import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isLoopback } from '@consilium/transport';
import { oidcMistakes, oidcSettingsSchema } from './people/oidc-settings.js';

/** Everything that can be set. Environment: CONSILIUM_ and the name, for example CONSILIUM_DATA_FOLDER. */
export const coordinatorConfigurationSchema = z.object({
  dataFolder: z.string().min(1).describe('Keys, artefacts, certificates and, without databaseUrl, the database'),
  host: z.string().default('127.0.0.1').describe('The address to listen at'),
  port: z.number().int().min(0).max(65_535).default(8443),
  publicUrl: z.url().optional().describe('What hospitals type; https://localhost and the port when absent'),
  databaseUrl: z.string().optional().describe('A PostgreSQL of your own; one is made in the data folder when absent'),
  databaseUrlFile: z.string().optional().describe('A file that holds databaseUrl'),
  tls: z
    .enum(['private', 'files', 'none'])
    .default('private')
    .describe('A private CA made at first start; files of your own; or plain http on loopback behind a proxy'),
  tlsCertificateFile: z.string().optional(),
  tlsKeyFile: z.string().optional(),
  oidc: oidcSettingsSchema.optional().describe('Sign-in to the dashboard by an identity provider; passwords alone when absent'),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  logFile: z.string().optional().describe('Standard output when absent'),
});

export type CoordinatorConfiguration = z.output<typeof coordinatorConfigurationSchema>;
export type CoordinatorSettings = z.input<typeof coordinatorConfigurationSchema>;

/** What the schema cannot see: settings that need each other. One sentence a mistake. */
export function configurationMistakes(configuration: CoordinatorConfiguration): string[] {
  const { tls, tlsCertificateFile, tlsKeyFile, host, databaseUrl, databaseUrlFile, oidc } = configuration;
  return [
    ...(tls === 'files' && !(tlsCertificateFile && tlsKeyFile) ? ['tls is files: set tlsCertificateFile and tlsKeyFile.'] : []),
    ...(tls === 'none' && !isLoopback(host) ? ['tls is none: host must be a loopback address. Sites would speak to an open port otherwise.'] : []),
    ...(databaseUrl && databaseUrlFile ? ['Set databaseUrl or databaseUrlFile, not both.'] : []),
    ...(oidc ? oidcMistakes(oidc) : []),
  ];
}

export const databaseUrlOf = ({ databaseUrl, databaseUrlFile }: CoordinatorConfiguration): string | undefined =>
  databaseUrl ?? (databaseUrlFile === undefined ? undefined : readFileSync(databaseUrlFile, 'utf8').trim());
