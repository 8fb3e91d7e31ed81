import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@consilium/cli';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const PATIENCE_MILLISECONDS = 480_000;

/** Every block of commands of the page, in order, as one script that ends at the first command that fails. */
async function scriptOf(page: string): Promise<string> {
  const text = await readFile(join(root, 'docs', page), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block!);
  return ['set -e', ...blocks].join('\n');
}

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'consilium-tutorial-'));
  await chmod(home, 0o711);
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe('the first study', () => {
  it('is what its commands do, typed one after the other', async () => {
    // Set up already, by whoever runs the suites; a port that nobody has; the study's plan with fewer folds, since the demonstration's suite runs the whole one.
    const script = (await scriptOf('tutorial-first-study.md')).replace('npm run setup', 'true').replaceAll('8443', String(await freePort())).replaceAll('examples/wdbc.yaml', 'test/federation/short-plan.yaml');
    const shell = spawn('bash', ['-c', script], { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: home } });
    let said = '';
    for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (piece: Buffer) => (said += piece.toString()));
    // Ends the programs it started too, if one of them does not come up.
    const late = setTimeout(() => process.kill(-shell.pid!, 'SIGTERM'), PATIENCE_MILLISECONDS);
    const [code] = (await once(shell, 'close')) as [number | null];
    clearTimeout(late);
    expect(code, said).toBe(0);
    expect(said).toMatch(/D +admitted +yes/);
    expect(said).toContain('The same bytes.');
    expect(said).toMatch(/The ledger is whole: \d+ records/);
    expect(said.match(/The agent has ended, and the site is stopped\./g)).toHaveLength(4);
    expect(said).toContain('You are signed out.');
    expect(said).not.toMatch(/did not answer|Error|E\d{3}:/);
    for (const site of ['A', 'B', 'C', 'D']) {
      const ledger = await readFile(join(home, 'first-study', site, 'ledger/ledger.jsonl'), 'utf8');
      expect(ledger).toContain('contributions');
      // As a word: the text of a signature may hold such letters by chance.
      expect(/"P\d{4}"/.test(ledger), 'an identifier of a patient').toBe(false);
    }
  }, PATIENCE_MILLISECONDS + 60_000);
});
