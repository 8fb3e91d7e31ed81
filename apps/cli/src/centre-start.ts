import { createCoordinator } from '@consilium/coordinator';
import { collectGarbageWhole } from '@consilium/operations';
import type { StartOptions } from './centre-commands.js';
import { usage } from './refusal.js';
import type { Terminal } from './terminal.js';

/** Runs until a signal ends it. A second signal ends it at once. */
export async function startCoordinator(options: StartOptions, terminal: Terminal): Promise<void> {
  const { data, host, publicUrl, databaseUrl } = options;
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw usage(`${options.port} is not a port. Use a number from 0 to 65535.`);
  collectGarbageWhole();
  const coordinator = await createCoordinator({
    dataFolder: data,
    port,
    ...(host === undefined ? {} : { host }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    logFile: `${data}/coordinator.log`,
  });
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  await coordinator.start();
  terminal.out(`The coordinator is up: ${coordinator.url}`);
  terminal.out(`Fingerprint of the centre: ${coordinator.identity.fingerprint.words}`);
  if (coordinator.caDigest !== null) terminal.out(`Certificate authority (sha256): ${coordinator.caDigest}`);
  if (coordinator.administratorPasswordFile !== null)
    terminal.out(`The first administrator's password is in ${coordinator.administratorPasswordFile}. Keep it and delete the file.`);
  await ended;
  terminal.note('Stopping. Runs are safe and go on at the next start.');
  if (!(await coordinator.stop())) terminal.exitCode(1);
}
