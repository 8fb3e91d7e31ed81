import { readFile, stat } from 'node:fs/promises';
import { ImageFileError } from './image-file-error.js';

/** Larger files are not read: Node cannot hold them in one buffer. */
const LARGEST_FILE = 2 ** 31 - 1;

/** A file's bytes, or a sentence that names neither the file nor its folder. */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    if ((await stat(path)).size > LARGEST_FILE) throw new ImageFileError('too-large', 'The file is larger than 2 GB.');
    return await readFile(path);
  } catch (error) {
    throw error instanceof ImageFileError ? error : unreadable(error);
  }
}

export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(error: unknown): ImageFileError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new ImageFileError('missing', 'There is no such file or folder.');
  if (code === 'EISDIR') return new ImageFileError('folder', 'A folder stands where a file is expected.');
  return new ImageFileError('unreadable', 'The file cannot be read. Check who may read it.');
}
