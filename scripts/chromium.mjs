// Finds a Chromium for the browser suites, or installs Debian's where it may. Called by npm test and npm run screenshots.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];

/** The browser's program, or null. CONSILIUM_CHROMIUM goes first. */
export function findChromium() {
  const named = process.env['CONSILIUM_CHROMIUM'];
  if (named !== undefined) return existsSync(named) ? named : null;
  return PLACES.find((path) => existsSync(path)) ?? null;
}

const isDebian = () => existsSync('/etc/os-release') && /^(ID|ID_LIKE)=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'));

/** Installs the distribution's own package, as root on Debian and its like only; nothing is fetched from elsewhere. */
function install() {
  if (process.getuid?.() !== 0 || !isDebian() || process.env['CONSILIUM_NO_INSTALL'] !== undefined) return;
  process.stderr.write('Installing chromium with apt-get, for the browser suites …\n');
  const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  spawnSync('apt-get', ['update'], options);
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-noto-core', 'fonts-wqy-microhei'], options);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (findChromium() === null && process.env['CONSILIUM_CHROMIUM'] === undefined) install();
  if (findChromium() === null) process.stderr.write('The browser suites are left out: no Chromium was found. Install one (apt-get install chromium) or name it in CONSILIUM_CHROMIUM, then: npm test -- test/browser\n');
}
