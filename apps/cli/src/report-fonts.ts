import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { ReportFonts } from '@consilium/report';

const { resolve } = createRequire(import.meta.url);
const letters = async (file: string): Promise<string> => (await readFile(resolve(file))).toString('base64');

/** The letters of the report, which travel in it: Latin and Greek, and those of digests. */
export async function reportFonts(): Promise<ReportFonts> {
  const [latin, greek, mono] = await Promise.all(['@fontsource-variable/inter/files/inter-latin-wght-normal.woff2', '@fontsource-variable/inter/files/inter-greek-wght-normal.woff2', '@fontsource/ibm-plex-mono/files/ibm-plex-mono-latin-400-normal.woff2'].map(letters));
  return { text: [latin!, greek!], mono: mono! };
}
