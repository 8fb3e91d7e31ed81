// Installs the packages of the lock file and builds, when either is out of date. Called by every npm command of this project.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.consilium-setup');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Consilium needs Node 20.19 or later; this is ${process.versions.node}.\n`);
  process.exit(1);
}

function run(title, command, args) {
  process.stderr.write(`${title} …\n`);
  const started = Date.now();
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (result.status !== 0) {
    process.stderr.write(`${title}: failed (${command} ${args.join(' ')}). Nothing else was done.\n`);
    process.exit(result.status ?? 1);
  }
  process.stderr.write(`${title}: done in ${((Date.now() - started) / 1000).toFixed(0)} s\n`);
}

const wanted = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).update(process.version).digest('hex');
const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
if (installed !== wanted) {
  run('Installing packages', 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}
process.stderr.write('Building …\n');
const started = Date.now();
const compiler = spawn(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b'], { cwd: root, stdio: ['ignore', 2, 2] });
const compiled = once(compiler, 'exit');
// Pages are built from sources, beside the compiler.
const { buildPages } = await import('./build-pages.mjs');
await buildPages(root);
const [status] = await compiled;
if (status !== 0) {
  process.stderr.write('Building: failed (tsc -b). Nothing else was done.\n');
  process.exit(status ?? 1);
}
process.stderr.write(`Building: done in ${((Date.now() - started) / 1000).toFixed(0)} s\n`);

const { bundlePrograms } = await import('./bundle-programs.mjs');
await bundlePrograms(root);
