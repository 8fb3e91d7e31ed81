import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

/** Scripts of the repository's own, which are no project that the linter knows. */
const script = (path: string): Promise<unknown> => import(new URL(`../../${path}`, import.meta.url).href);
const { refusalOfRelease } = (await script('deploy/verify-release.mjs')) as { refusalOfRelease(path: string, key: string): Promise<string | null> };
const { keyDigits, signRelease } = (await script('scripts/release.mjs')) as { keyDigits(privateKeyPem: string): string; signRelease(path: string, privateKeyPem: string): Promise<void> };

interface Locked {
  readonly link?: boolean;
  readonly resolved?: string;
  readonly integrity?: string;
}

const lock = JSON.parse(readFileSync(fileURLToPath(new URL('../../package-lock.json', import.meta.url)), 'utf8')) as { readonly packages: Readonly<Record<string, Locked>> };

describe('fault 42: the lock', () => {
  it('names every package of others by the sha512 of its bytes, and no place that could give other ones', () => {
    const foreign = Object.entries(lock.packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);
    expect(foreign.length).toBeGreaterThan(300);
    expect(foreign.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '')).map(([path]) => path)).toEqual([]);
    expect(foreign.filter(([, { resolved }]) => resolved !== undefined && !resolved.startsWith('https://')).map(([path]) => path)).toEqual([]);
  });
});

describe('fault 42: a package whose bytes are not those of the lock', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'consilium-supply-'));
    mkdirSync(join(folder, 'package'));
    writeFileSync(join(folder, 'package/package.json'), '{"name":"one","version":"1.0.0"}');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const pack = (text: string): string => {
    writeFileSync(join(folder, 'package/index.js'), text);
    execFileSync('tar', ['-czf', 'one.tgz', 'package'], { cwd: folder });
    return `sha512-${createHash('sha512').update(readFileSync(join(folder, 'one.tgz'))).digest('base64')}`;
  };
  const install = (integrity: string) => {
    const dependencies = { one: 'file:one.tgz' };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'place', version: '1.0.0', dependencies }));
    const packages = { '': { name: 'place', version: '1.0.0', dependencies }, 'node_modules/one': { version: '1.0.0', resolved: 'file:one.tgz', integrity } };
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ name: 'place', version: '1.0.0', lockfileVersion: 3, packages }));
    return spawnSync('npm', ['ci', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--cache', join(folder, 'cache')], { cwd: folder, encoding: 'utf8' });
  };

  it('is not installed', () => {
    const honest = pack('exports.well = true;');
    expect(pack('exports.well = false;')).not.toBe(honest);
    const refused = install(honest);
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('EINTEGRITY');
  });
});

describe('fault 42: the file of a release', () => {
  let folder: string;
  let path: string;
  let bytes: Buffer;
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const key = keyDigits(pem);
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'consilium-release-'));
    path = join(folder, 'consilium-9.9.9.tar.gz');
    mkdirSync(join(folder, 'consilium-9.9.9'));
    writeFileSync(join(folder, 'consilium-9.9.9/main.js'), 'exports.well = true;');
    execFileSync('tar', ['-czf', path, 'consilium-9.9.9'], { cwd: folder });
    bytes = readFileSync(path);
    await signRelease(path, pem);
  });
  beforeEach(() => writeFileSync(path, bytes));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is the signed one as it was made', async () => {
    expect(await refusalOfRelease(path, key)).toBeNull();
  });

  it('is refused with any byte altered, cut off or added', async () => {
    for (let at = 0; at < bytes.length; at += 7) {
      const altered = Buffer.from(bytes);
      altered[at]! ^= 1;
      writeFileSync(path, altered);
      expect(await refusalOfRelease(path, key), `byte ${at}`).toMatch(/^The file is not the one that was signed/);
    }
    for (const other of [bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.alloc(1)])]) {
      writeFileSync(path, other);
      expect(await refusalOfRelease(path, key)).toMatch(/^The file is not the one that was signed/);
    }
  });

  it('is refused under the signature of another key, of another version, or without one', async () => {
    const stranger = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    expect(await refusalOfRelease(path, keyDigits(stranger))).toMatch(/^The signature is not of this release key/);
    const newer = join(folder, 'consilium-10.0.0.tar.gz');
    writeFileSync(newer, bytes);
    expect(await refusalOfRelease(newer, key)).toMatch(/^The signature is not beside the file/);
    writeFileSync(`${newer}.signature`, readFileSync(`${path}.signature`));
    expect(await refusalOfRelease(newer, key)).toBe('The signature is of consilium-9.9.9.tar.gz. Do not use the file under another name.');
    writeFileSync(`${newer}.signature`, readFileSync(`${path}.signature`, 'utf8').replace('9.9.9', '10.0.0'));
    expect(await refusalOfRelease(newer, key)).toMatch(/^The signature is not of this release key/);
  });
});
