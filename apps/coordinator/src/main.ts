import { collectGarbageWhole, leaveNoCoreDump, parseConfiguration } from '@consilium/operations';
import { coordinatorConfigurationSchema } from './configuration.js';
import { createCoordinator } from './create-coordinator.js';

/** The coordinator as a process of its own: node dist/packed/main.js [configuration.json]. */
leaveNoCoreDump();
collectGarbageWhole();
try {
  const file = process.argv[2];
  const coordinator = await createCoordinator(
    // CONSILIUM_DATA says to the demonstration and the suites where shared data are.
    parseConfiguration(coordinatorConfigurationSchema, { prefix: 'CONSILIUM_', readElsewhere: ['CONSILIUM_DATA'], ...(file === undefined ? {} : { file }) }),
  );
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void coordinator.stop().then((clean) => process.exit(clean ? 0 : 1)));
  }
  await coordinator.start();
  process.stdout.write(`Consilium coordinator: ${coordinator.url}\n`);
  if (coordinator.administratorPasswordFile !== null)
    process.stdout.write(`The administrator's first password is in ${coordinator.administratorPasswordFile}\n`);
  // A parent that started this process with a channel is told where to find it.
  process.send?.({ url: coordinator.url });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
