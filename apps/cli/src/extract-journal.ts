import { createHash } from 'node:crypto';
import { appendFile, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FeatureTable } from '@consilium/radiomics';

/** Results by key, kept as they come: what a stopped batch has computed is not computed again. */
export class ExtractionJournal {
  private constructor(
    private readonly path: string,
    private readonly known: ReadonlyMap<string, FeatureTable>,
  ) {}

  /** A last line that a kill cut off is left out. */
  static async open(path: string): Promise<ExtractionJournal> {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const known = new Map<string, FeatureTable>();
    for (const line of text.split('\n')) {
      const entry = parsed(line);
      if (entry) known.set(entry.key, entry.table);
    }
    if (text !== '' && !text.endsWith('\n')) await appendFile(path, '\n');
    return new ExtractionJournal(path, known);
  }

  find(key: string): FeatureTable | undefined {
    return this.known.get(key);
  }

  async add(key: string, table: FeatureTable): Promise<void> {
    await appendFile(this.path, `${JSON.stringify({ key, table })}\n`);
  }
}

function parsed(line: string): { key: string; table: FeatureTable } | null {
  try {
    return line === '' ? null : (JSON.parse(line) as { key: string; table: FeatureTable });
  } catch {
    return null;
  }
}

/** SHA-256 of a file, or of the names and contents of the files in a folder. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  if (!(await stat(path)).isDirectory()) return hash.update(await readFile(path)).digest('hex');
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort();
  for (const file of files) hash.update(file.slice(path.length)).update('\0').update(createHash('sha256').update(await readFile(file)).digest());
  return hash.digest('hex');
}
