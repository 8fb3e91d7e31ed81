import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const folder = new URL('../../deploy/', import.meta.url);
const dockerfiles = readdirSync(folder).filter((name) => name.endsWith('.Dockerfile'));

interface Service {
  read_only?: boolean;
  user?: string;
  cap_drop?: string[];
  security_opt?: string[];
  ulimits?: Record<string, number>;
  ports?: string[];
  network_mode?: string;
  privileged?: boolean;
  volumes?: string[];
  environment?: Record<string, string>;
}

describe.each(dockerfiles)('%s', (name) => {
  const text = readFileSync(new URL(name, folder), 'utf8');

  it('has no complaint from the Dockerfile validator', () => {
    expect(validate(text)).toStrictEqual([]);
  });

  it('ends as an unprivileged user, after the last instruction that needs root', () => {
    const lines = text.split('\n');
    const user = lines.findLastIndex((line) => line.startsWith('USER '));
    expect(lines[user]).toMatch(/^USER \d{5}:\d{5}$/);
    expect(lines.findLastIndex((line) => line.startsWith('RUN '))).toBeLessThan(user);
  });

  it('starts files that are there after the build', () => {
    const started = [...text.matchAll(/^(?:HEALTHCHECK .*)?(?:CMD|ENTRYPOINT) (\[.*\])$/gm)].flatMap(([, words]) => (JSON.parse(words!) as string[]).filter((word) => /\.m?js$/.test(word)));
    expect(started.length).toBeGreaterThan(0);
    expect(started.filter((file) => !existsSync(new URL(`../${file}`, folder)))).toEqual([]);
    // What the compiler wrote is packed in the image, as it is here.
    for (const file of started.filter((one) => one.includes('/dist/'))) expect(text).toMatch(new RegExp(`tsc -b apps/\\S+ && node scripts/bundle-programs\\.mjs( ${file.split('/')[1]!})? &&`));
  });

  it('copies every script that its build runs or that those read', () => {
    expect(text).toContain('COPY scripts ./scripts');
  });

  it('installs without running any package script', () => {
    expect(text).toContain('npm ci --ignore-scripts');
  });
});

describe.each(['centre', 'site'])('the compose file of a %s', (place) => {
  const compose = parse(readFileSync(new URL(`${place}/compose.yaml`, folder), 'utf8')) as { services: Record<string, Service>; secrets?: Record<string, { file: string }> };

  it.each(Object.entries(compose.services))('runs %s unprivileged on a read-only root', (_name, service) => {
    expect(service.read_only).toBe(true);
    expect(service.user).not.toMatch(/^(0|root)\b/);
    expect(service.cap_drop).toStrictEqual(['ALL']);
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service.privileged).toBeUndefined();
  });

  it.each(Object.entries(compose.services))('fault 40: lets a killed %s leave no dump of its memory', (_name, service) => {
    expect(service.ulimits).toStrictEqual({ core: 0 });
  });

  it('holds no password', () => {
    for (const service of Object.values(compose.services)) for (const [key, value] of Object.entries(service.environment ?? {})) if (/PASSWORD|SECRET|URL/.test(key)) expect(value).toMatch(/^(\/run\/secrets\/|\$\{)/);
  });
});

it.each(['how-to-run-a-coordinating-centre.md', 'how-to-hospital-install.md'])('%s names programs that are there after the build', (page) => {
  const named = [...readFileSync(new URL(`../docs/${page}`, folder), 'utf8').matchAll(/`node (\S+\.js)/g)].map(([, file]) => file!);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((file) => !existsSync(new URL(`../${file}`, folder)))).toEqual([]);
});

it('a site publishes no port and mounts the hospital data read-only', () => {
  const { services } = parse(readFileSync(new URL('site/compose.yaml', folder), 'utf8')) as { services: Record<string, Service> };
  for (const service of Object.values(services)) {
    expect(service.ports).toBeUndefined();
    expect(service.network_mode).toBeUndefined();
    expect(service.volumes!.filter((volume) => volume.includes('/hospital'))).toSatisfy((mounts: string[]) => mounts.length === 1 && mounts[0]!.endsWith(':ro'));
  }
});
