import { collectGarbageWhole, leaveNoCoreDump } from '@consilium/operations';
import { ConsiliumError } from '@consilium/protocol';
import { startAgent } from './agent/start-agent.js';
import { toldError } from './told-error.js';

const FAILED = 1;

/** `node dist/packed/main.js FOLDER`: the agent as a service of its own, its log on standard output. Ends on SIGTERM and SIGINT. */
async function main(root: string): Promise<void> {
  const agent = await startAgent(root, { logTo: process.stdout });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void agent.stop());
  const reason = await agent.ended;
  if (reason) throw reason;
}

leaveNoCoreDump();
collectGarbageWhole();
await main(process.argv[2] ?? '.').catch((error: unknown) => {
  if (!(error instanceof ConsiliumError)) throw error;
  process.stderr.write(`${error.code}: ${toldError(error)}\n`);
  process.exitCode = FAILED;
});
