interface Failure {
  readonly code?: unknown;
  readonly cause?: unknown;
}

/** What a system says when it takes no bytes, in words that stand in a sentence. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the share of the disk that the account may use is full',
  EFBIG: 'its files may not become larger',
  EROFS: 'the disk is read-only',
  EIO: 'the disk fails',
};

/** Why the disk takes nothing more, where that is what stands behind a failure; of the file's name nothing. */
export function diskTrouble(error: unknown): string | undefined {
  for (let at = error as Failure | undefined, depth = 0; typeof at === 'object' && at !== null && depth < 5; at = at.cause as Failure, depth++) {
    if (typeof at.code === 'string' && REASONS[at.code] !== undefined) return REASONS[at.code];
  }
  return undefined;
}
