// npm run release -- --key KEY.pem [--out FOLDER]: the built programs with the lock of their packages and a list of them (CycloneDX) in one signed file.
// npm run release -- --new-key KEY.pem makes a key; keep it off the network and give out the 64 digits that are printed.
import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { digestOf, releaseStatement } from '../deploy/verify-release.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The 64 digits of a key that people compare. */
export const keyDigits = (privateKeyPem) => Buffer.from(createPublicKey(privateKeyPem).export({ format: 'jwk' }).x, 'base64url').toString('hex');

/** Puts the signature beside a file. */
export async function signRelease(path, privateKeyPem) {
  const described = { file: basename(path), size: statSync(path).size, sha256: await digestOf(path) };
  const signature = sign(null, releaseStatement(described), createPrivateKey(privateKeyPem)).toString('base64');
  writeFileSync(`${path}.signature`, `${JSON.stringify({ ...described, signature }, null, 2)}\n`);
}

/** What runs, from the tree as it is built. */
function filesOfRelease() {
  const parts = ['apps', 'libs'].flatMap((room) => readdirSync(join(root, room)).flatMap((name) => ['package.json', 'bin', 'dist'].map((part) => `${room}/${name}/${part}`)));
  const whole = ['package.json', 'package-lock.json', '.npmrc', 'LICENSE', 'README.md', 'CHANGELOG.md', 'docs', 'deploy', 'examples', 'test/package.json'];
  return [...whole, ...parts].filter((path) => existsSync(join(root, path)));
}

function packRelease(out) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  mkdirSync(out, { recursive: true });
  const packages = join(out, `consilium-${version}.cdx.json`);
  writeFileSync(packages, execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev'], { cwd: root, maxBuffer: 1 << 28 }));
  const path = join(out, `consilium-${version}.tar.gz`);
  rmSync(path, { force: true });
  execFileSync('tar', ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--exclude=*.tsbuildinfo', `--transform=s,^,consilium-${version}/,`, '-czf', path, ...filesOfRelease()], { cwd: root });
  return [path, packages];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { key: { type: 'string' }, 'new-key': { type: 'string' }, out: { type: 'string', default: 'release' } } });
  if (values['new-key'] !== undefined) {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(values['new-key'], pem, { mode: 0o600, flag: 'wx' });
    console.log(`The release key, to be given out: ${keyDigits(pem)}`);
  } else if (values.key === undefined) {
    console.log('Use: npm run release -- --key KEY.pem [--out FOLDER], or --new-key KEY.pem to make a key.');
    process.exitCode = 2;
  } else {
    const pem = readFileSync(values.key, 'utf8');
    for (const path of packRelease(resolve(values.out))) {
      await signRelease(path, pem);
      console.log(`${path}\n${path}.signature`);
    }
    console.log(`Verify with: node deploy/verify-release.mjs FILE --key ${keyDigits(pem)}`);
  }
}
