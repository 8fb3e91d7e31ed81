/** The 64 digits of a key that people compare. */
export function keyDigits(privateKeyPem: string): string;
/** Puts the signature beside a file. */
export function signRelease(path: string, privateKeyPem: string): Promise<void>;
