// Builds the web applications whose sources changed since their last build. Called by setup and by npm run build.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCES = ['libs/charts/src', 'libs/interface/src', 'libs/protocol/src', 'libs/report/src'];
const OWN = ['src', 'public', 'index.html', 'vite.config.ts', 'package.json'];

function addTo(hash, path) {
  if (!existsSync(path)) return;
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.includes('.spec.') && !entry.parentPath.includes('fixtures')).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(file.slice(path.length)).update(readFileSync(file));
}

function inputsOf(root, application) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).update(readFileSync(join(root, 'scripts', 'pages-configuration.mjs')));
  for (const source of SOURCES) addTo(hash, join(root, source));
  for (const part of OWN) {
    const path = join(application, part);
    if (/\.\w+$/.test(part)) hash.update(existsSync(path) ? readFileSync(path) : '');
    else addTo(hash, path);
  }
  return hash.digest('hex');
}

/** Builds what is out of date; ends the program with a sentence when a build fails. */
export async function buildPages(root) {
  const applications = readdirSync(join(root, 'apps')).map((name) => join(root, 'apps', name)).filter((path) => existsSync(join(path, 'vite.config.ts')));
  for (const application of applications) {
    const stamp = join(application, 'dist', '.inputs');
    const wanted = inputsOf(root, application);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) continue;
    const name = application.slice(root.length + 1);
    process.stderr.write(`Building the pages of ${name} …\n`);
    const { status } = spawnSync(process.execPath, [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build'], { cwd: application, stdio: ['ignore', 2, 2] });
    if (status !== 0) {
      process.stderr.write(`Building the pages of ${name}: failed.\n`);
      process.exit(status ?? 1);
    }
    writeFileSync(stamp, wanted);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPages(resolve(dirname(fileURLToPath(import.meta.url)), '..'));
