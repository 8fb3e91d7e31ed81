import { open } from 'node:fs/promises';
import { ImageFileError } from './image-file-error.js';

/** Larger files are not read; Node cannot hold them in one buffer. */
const LARGEST_FILE = 2 ** 31 - 1;

/** A file's bytes, or a sentence that names neither the file nor its folder. */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    if (size > LARGEST_FILE) throw new ImageFileError('too-large', 'The file is larger than 2 GB. Nothing was read.');
    return await file.readFile();
  } catch (error) {
    if (error instanceof ImageFileError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new ImageFileError('missing', 'There is no such file or folder.');
    if (code === 'EISDIR') throw new ImageFileError('folder', 'A folder stands where a file is expected.');
    throw new ImageFileError('unreadable', 'The file cannot be read. Check who may read it.');
  }
}
