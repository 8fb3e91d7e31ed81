import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

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
