export interface ReleaseFile {
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
}

export function releaseStatement(described: ReleaseFile): Buffer;
export function digestOf(path: string): Promise<string>;
/** Why a release must not be used, or null where it is the signed one. */
export function refusalOfRelease(path: string, key: string): Promise<string | null>;
