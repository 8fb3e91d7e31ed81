import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A new process namespace whose process 1 is the program that follows: like a container without an init, nobody reaps orphans there. */
const namespace = ['--pid', '--fork', '--mount-proc', '--kill-child'];

/** Whether this machine and account can make process namespaces. */
export const canLackReaper = (): boolean => process.platform === 'linux' && spawnSync('unshare', [...namespace, 'true'], { stdio: 'ignore' }).status === 0;

/** `npm run faults` with these words where process 1 reaps no children; what it wrote. Rejects when a trial went wrong. */
export async function faultsWithoutReaper(words: readonly string[]): Promise<string> {
  const main = fileURLToPath(new URL('../dist/faults/main.js', import.meta.url)).replace('/dist/dist/', '/dist/');
  return (await promisify(execFile)('unshare', [...namespace, process.execPath, main, ...words])).stdout;
}
