import { writeDurably } from '@consilium/operations';
import { agentErrors, ConsiliumError } from '@consilium/protocol';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { existingSiteFolder, type SiteFolder } from '../folder/site-folder.js';

export const CONSOLE_PORT = 8440;
const SHORTEST = 12;
const LONGEST = 200;

/** The floor of RFC 9106's second recommended choice: 64 MiB, three passes. */
const argon = { memoryCost: 65_536, timeCost: 3, parallelism: 4 };

const consoleAccessSchema = z.strictObject({
  format: z.literal(1),
  port: z.int().min(1).max(65_535),
  /** Argon2id, with its parameters and salt. */
  password: z.string().startsWith('$argon2id$'),
});

/** Where the console listens, and by what password it opens: console.json of the site folder. */
export type ConsoleAccess = z.infer<typeof consoleAccessSchema>;

export interface SetPasswordOptions {
  /** Made at random when absent. */
  readonly password?: string | undefined;
  /** The earlier one, or 8440, when absent. */
  readonly port?: number | undefined;
}

/** Sets the password of a site's console: a running agent opens the console within seconds, and open sessions end. */
export async function setConsolePassword(root: string, { password = randomBytes(18).toString('base64url'), port }: SetPasswordOptions = {}): Promise<{ readonly password: string; readonly address: string }> {
  const folder = existingSiteFolder(root);
  if (password.length < SHORTEST || password.length > LONGEST) throw new ConsiliumError(agentErrors.consolePassword, `The password has ${password.length} characters; ${SHORTEST} to ${LONGEST} are needed. Nothing was changed.`);
  const { hash } = await import('@node-rs/argon2');
  const access: ConsoleAccess = { format: 1, port: port ?? readConsoleAccess(folder)?.port ?? CONSOLE_PORT, password: await hash(password, argon) };
  await writeDurably(folder.console, `${JSON.stringify(consoleAccessSchema.parse(access), null, 2)}\n`);
  return { password, address: consoleAddress(access) };
}

/** Undefined where no password was set, or its file is damaged: then nothing listens. */
export function readConsoleAccess({ console }: Pick<SiteFolder, 'console'>): ConsoleAccess | undefined {
  try {
    return consoleAccessSchema.parse(JSON.parse(readFileSync(console, 'utf8')));
  } catch {
    return undefined;
  }
}

export const consoleAddress = ({ port }: Pick<ConsoleAccess, 'port'>): string => `http://127.0.0.1:${port}`;

export async function isConsolePassword({ password }: ConsoleAccess, given: string): Promise<boolean> {
  const { verify } = await import('@node-rs/argon2');
  return verify(password, given);
}
