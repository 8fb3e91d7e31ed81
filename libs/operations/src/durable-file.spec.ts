import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { removeUnfinished, writeDurably } from './durable-file.js';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'durable-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a durable write', () => {
  it('replaces the file as a whole and keeps it to its owner', async () => {
    const path = join(folder, 'plan.json');
    await writeDurably(path, 'a longer old text');
    await writeDurably(path, new Uint8Array([110, 101, 119]));
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['plan.json']);
  });

  it('fault 27: leaves the old file and nothing else when it cannot finish', async () => {
    const path = join(folder, 'a-folder');
    await writeDurably(join(folder, 'plan.json'), 'old');
    await expect(writeDurably(join(folder, 'no-such-folder', 'x'), 'y')).rejects.toMatchObject({ code: 'ENOENT' });
    // A folder in the file's place makes the last act, the renaming, fail.
    await mkdir(path);
    await writeFile(join(path, 'inside'), '');
    await expect(writeDurably(path, 'y')).rejects.toThrow();
    expect((await readdir(folder)).sort()).toEqual(['a-folder', 'plan.json']);
  });

  it('has its leftovers of a crash removed by name only', async () => {
    await writeFile(join(folder, '.plan.json.0123456789ab.unfinished'), 'half');
    await writeFile(join(folder, '.hidden'), 'kept');
    expect(await removeUnfinished(folder)).toBe(1);
    expect(await readdir(folder)).toContain('.hidden');
  });
});
