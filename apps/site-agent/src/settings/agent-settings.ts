import { agentErrors, ConsiliumError } from '@consilium/protocol';
import { daysSchema, hoursSchema } from '@consilium/protocol/requests';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { usualCaseLimits } from '../extraction/case-time.js';
import type { SiteFolder } from '../folder/site-folder.js';

const tableSettingsSchema = z.strictObject({
  name: z.string().min(1).max(60),
  /** CSV, absolute or from the site folder. */
  file: z.string().min(1),
  /** Data dictionary, YAML or JSON. */
  dictionary: z.string().min(1).nullable().default(null),
  /** Column of patient identifiers where the dictionary names none. */
  id: z.string().min(1).nullable().default(null),
});

const imageSettingsSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('folders'),
    /** Folder of all patients, absolute or from the site folder. */
    root: z.string().min(1),
    /** Below the root; {patient} is the identifier of the table. The ending may be left out; a folder is a DICOM series. */
    image: z.string().regex(/^(?=.*\{patient\})(?=.*\{sequence\})/).default('{patient}/{sequence}/image'),
    mask: z.string().regex(/^(?=.*\{patient\})/).default('{patient}/{sequence}/mask'),
  }),
  /** CSV with the columns patient, sequence, image, mask and perhaps label. */
  z.strictObject({ kind: z.literal('manifest'), file: z.string().min(1) }),
]);

/** agent.json: what the hospital decides. Everything about disclosure here only tightens what a plan asks for. */
export const agentSettingsSchema = z.strictObject({
  tables: z.array(tableSettingsSchema).max(20).default([]),
  images: imageSettingsSchema.nullable().default(null),
  /** Cases measured at a time, each in a thread with a case of its own in memory. */
  extraction: z
    .strictObject({
      threads: z.int().min(1).max(16).default(1),
      /** What one case may take at most before the next has its turn. */
      caseMinutes: z.int().min(1).max(1440).default(usualCaseLimits.caseMinutes),
      /** When cases are measured, by the clock of the machine; at any time when null. */
      hours: hoursSchema.nullable().default(null),
    })
    .prefault({}),
  disclosure: z
    .strictObject({
      minimumCell: z.int().min(0).default(0),
      minimumPatients: z.int().min(0).default(0),
      minimumPerClass: z.int().min(0).default(0),
      /** Zero for no limit of the site's own. */
      parametersPerPatient: z.number().min(0).default(0),
      /** Patients in a bin of a curve of this site, and in a leaf of a tree grown here. */
      minimumBin: z.int().min(0).default(0),
      minimumLeaf: z.int().min(0).default(0),
      /** Sets of patients that are asked about are equal, or differ by at least so many. */
      minimumDifference: z.int().min(0).default(0),
    })
    .prefault({}),
  /** What all private answers of one study together may tell of a patient: further ones are refused. */
  privacyBudget: z.strictObject({ epsilon: z.number().min(0).max(20).default(8), delta: z.number().min(1e-12).max(1e-3).default(1e-5) }).prefault({}),
  /** Names of steps, or beginnings that end in `*`; null allows every step this release has. */
  allowedSteps: z.array(z.string().min(1)).nullable().default(null),
  approvalDays: daysSchema.default(180),
  /** Days for which contributions are kept that the coordinator says it does not know. */
  keepDays: daysSchema.default(30),
  connection: z
    .strictObject({
      proxy: z.string().nullable().default(null),
      noProxy: z.string().nullable().default(null),
      /** PEM file of certificates to trust beside the coordinator's own, absolute or from the site folder. */
      ca: z.string().nullable().default(null),
      transport: z.enum(['automatic', 'websocket', 'polling']).default('automatic'),
    })
    .prefault({}),
  logLevel: z.enum(['silent', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
});

export type AgentSettings = z.infer<typeof agentSettingsSchema>;
export type ImageSettings = z.infer<typeof imageSettingsSchema>;
export type TableSettings = z.infer<typeof tableSettingsSchema>;

/** What the environment may say: the proxy of the machine, where agent.json names none, and the log level. */
export type AgentEnvironment = Readonly<Partial<Record<'HTTPS_PROXY' | 'https_proxy' | 'NO_PROXY' | 'no_proxy' | 'CONSILIUM_LOG_LEVEL', string>>>;

/** The settings of a site, whole or not at all: E315 names every mistake. */
export function readSettings(folder: SiteFolder, environment: AgentEnvironment = process.env): AgentSettings {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(folder.settings, 'utf8'));
  } catch (error) {
    throw new ConsiliumError(agentErrors.settingsMistaken, 'agent.json is absent or is not JSON. Nothing was started.', { cause: error });
  }
  const settings = parseSettings(content, environment);
  const { ca } = settings.connection;
  return ca === null ? settings : { ...settings, connection: { ...settings.connection, ca: resolve(folder.root, ca) } };
}

export function parseSettings(content: unknown, environment: AgentEnvironment): AgentSettings {
  const parsed = agentSettingsSchema.safeParse(content);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'agent.json'}: ${message.replace(/\.$/, '')}`);
    throw new ConsiliumError(agentErrors.settingsMistaken, `agent.json has mistakes. ${problems.join('. ')}. Nothing was started.`);
  }
  const { connection, logLevel } = parsed.data;
  const level = agentSettingsSchema.shape.logLevel.safeParse(environment.CONSILIUM_LOG_LEVEL ?? logLevel);
  return {
    ...parsed.data,
    logLevel: level.success ? level.data : logLevel,
    connection: {
      ...connection,
      proxy: connection.proxy ?? environment.HTTPS_PROXY ?? environment.https_proxy ?? null,
      noProxy: connection.noProxy ?? environment.NO_PROXY ?? environment.no_proxy ?? null,
    },
  };
}
