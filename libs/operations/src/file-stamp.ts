import { statSync } from 'node:fs';

/** What tells one state of a file from another without reading it: size, times in nanoseconds, inode. Undefined where there is no such file. */
export function fileStamp(path: string): string | undefined {
  const file = statSync(path, { bigint: true, throwIfNoEntry: false });
  return file && `${file.size} ${file.mtimeNs} ${file.ctimeNs} ${file.ino}`;
}
