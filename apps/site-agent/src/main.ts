import { startAgent } from './agent/start-agent.js';

const FAILED = 1;

/** `node dist/main.js FOLDER`: the agent as a service of its own, its log on standard output. Ends on SIGTERM and SIGINT. */
const [root = '.'] = process.argv.slice(2);
const agent = await startAgent(root, { logTo: process.stdout });
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void agent.stop());
if ((await agent.ended) !== undefined) process.exitCode = FAILED;
