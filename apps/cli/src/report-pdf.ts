import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];
const APPLICATIONS = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium', 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe', 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe'];

/** A browser that prints: CONSILIUM_CHROMIUM, or a Chromium of the path, or none. */
export function findBrowser(environment: NodeJS.ProcessEnv = process.env): string | null {
  const named = environment['CONSILIUM_CHROMIUM'];
  if (named !== undefined) return existsSync(named) ? named : null;
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...APPLICATIONS].find((path) => existsSync(path)) ?? null;
}

const MINUTES_2 = 120_000;

/**
 * Prints a page to a PDF with a browser that has no window and no network, and counts its pages. The page has no script. As root, Chromium starts only without its
 * sandbox. Fails with the sentence to show.
 */
export async function printPdf(page: string, pdf: string, browser: string): Promise<number> {
  const profile = await mkdtemp(join(tmpdir(), 'consilium-print-'));
  try {
    const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const flags = ['--headless', '--disable-gpu', '--no-first-run', '--disable-extensions', '--disable-background-networking', '--disable-component-update', '--proxy-server=127.0.0.1:9', '--no-pdf-header-footer', `--user-data-dir=${profile}`];
    await promisify(execFile)(browser, [...flags, ...root, `--print-to-pdf=${pdf}`, pathToFileURL(page).href], { timeout: MINUTES_2 });
    return pagesOf(await readFile(pdf));
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Page objects of a PDF, which Chromium writes uncompressed. */
export const pagesOf = (pdf: Buffer): number => pdf.toString('latin1').match(/\/Type\s*\/Page(?![a-zA-Z])/g)?.length ?? 0;
