import { spawnSync } from 'node:child_process';

/**
 * Has the system write no image of this process's memory when it is killed or crashes: patient data are in it. On Linux; elsewhere, and where
 * prlimit is not installed, what the account's own limit says holds.
 */
export function leaveNoCoreDump(): void {
  if (process.platform === 'linux') spawnSync('prlimit', ['--pid', String(process.pid), '--core=0:0'], { stdio: 'ignore' });
}
