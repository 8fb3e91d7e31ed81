// Tells whether a file of a release is the one that was signed. Needs Node and nothing else:
//   node verify-release.mjs consilium-0.1.0.tar.gz --key KEY
// KEY is the release key, 64 hexadecimal digits, which you have from somewhere else than the file. Exit code 0: it is the signed one; 1: do not use it.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is signed of a file: its name, which carries the version, its size and its digest. */
export const releaseStatement = ({ file, size, sha256 }) => Buffer.from(`consilium release 1\n${file}\n${size}\n${sha256}\n`, 'utf8');

export async function digestOf(path) {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest('hex');
}

const publicKeyOf = (hex) => createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(hex, 'hex').toString('base64url') }, format: 'jwk' });

function readSignature(path) {
  try {
    const { file, size, sha256, signature } = JSON.parse(readFileSync(path, 'utf8'));
    return [file, sha256, signature].every((text) => typeof text === 'string') && Number.isSafeInteger(size) ? { file, size, sha256, signature } : null;
  } catch {
    return null;
  }
}

/** Why a release must not be used, or null where it is the signed one. */
export async function refusalOfRelease(path, key) {
  if (!/^[0-9a-f]{64}$/.test(key)) return 'The release key is not 64 hexadecimal digits.';
  if (!existsSync(path)) return 'The file is not there.';
  if (!existsSync(`${path}.signature`)) return 'The signature is not beside the file. Take both from the release.';
  const signed = readSignature(`${path}.signature`);
  if (signed === null) return 'The signature cannot be read. Copy it again.';
  if (!verify(null, releaseStatement(signed), publicKeyOf(key), Buffer.from(signed.signature, 'base64'))) return 'The signature is not of this release key. Do not use the file.';
  if (signed.file !== basename(path)) return `The signature is of ${signed.file}. Do not use the file under another name.`;
  if (statSync(path).size !== signed.size || (await digestOf(path)) !== signed.sha256) return 'The file is not the one that was signed. Do not use it; copy it again.';
  return null;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [path = '', flag, key = ''] = process.argv.slice(2);
  const refusal = flag === '--key' ? await refusalOfRelease(path, key) : 'Use: node verify-release.mjs FILE --key KEY';
  console.log(refusal ?? `${basename(path)} is the release that was signed.`);
  process.exitCode = refusal === null ? 0 : 1;
}
