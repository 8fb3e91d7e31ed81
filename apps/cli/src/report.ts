import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportHtml } from '@consilium/report';
import type { ReportOptions } from './report-commands.js';
import { reportFonts } from './report-fonts.js';
import { findBrowser, printPdf } from './report-pdf.js';
import { readRun } from './report-source.js';
import { csvText, reportTables } from './report-tables.js';
import type { Terminal } from './terminal.js';

/** `consilium report`: the report as one HTML and a PDF of it, results.json as it is, every figure in it as CSV, and of a run also its run.json. */
export async function writeReport(run: string, options: ReportOptions, terminal: Terminal): Promise<void> {
  const { results, record, source } = await readRun(run, options, terminal);
  await mkdir(options.out, { recursive: true });
  await writeFile(join(options.out, 'results.json'), results);
  if (record !== null) await writeFile(join(options.out, 'run.json'), record);
  const tables = reportTables(source.results.stages);
  for (const table of tables) await writeFile(join(options.out, `${fileName(table.name)}.csv`), csvText(table));
  const page = join(options.out, 'report.html');
  await writeFile(page, reportHtml(source, await reportFonts()));
  const pdf = options.pdf ? await written(page, join(options.out, 'report.pdf'), terminal) : null;
  terminal.out(`In ${options.out}: report.html${pdf === null ? '' : `, report.pdf of ${pdf} pages`}, results.json${record === null ? '' : ', run.json'} and ${tables.length} CSV files.`);
}

/** Pages of the PDF, or null with a line that says why there is none. */
async function written(page: string, pdf: string, terminal: Terminal): Promise<number | null> {
  const browser = findBrowser();
  const byHand = 'Open report.html in any browser and print it to PDF';
  if (browser === null) {
    terminal.note(`No PDF: no Chromium was found. Install one, or name it in CONSILIUM_CHROMIUM, and run this again. ${byHand} gives the same.`);
    return null;
  }
  try {
    return await printPdf(page, pdf, browser);
  } catch {
    terminal.note(`No PDF: ${browser} could not print the page. ${byHand}.`);
    return null;
  }
}

const fileName = (path: string): string => path.replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, 120);
