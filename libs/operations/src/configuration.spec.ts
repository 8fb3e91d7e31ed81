import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { ConfigurationError, parseConfiguration } from './configuration.js';

const schema = z.object({
  port: z.number().int().min(1).max(65_535).default(8443),
  publicUrl: z.string().optional(),
  logLevel: z.enum(['info', 'debug']).default('info'),
  names: z.array(z.string()).default([]),
  database: z.object({ url: z.string(), poolSize: z.number().default(10), verbose: z.boolean().default(false) }),
});

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'configuration-'));
  file = join(folder, 'coordinator.json');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const parse = (sources: object) => parseConfiguration(schema, { prefix: 'CONSILIUM_', environment: {}, ...sources });
function problems(sources: object): unknown {
  try {
    parse(sources);
  } catch (error) {
    return (error as ConfigurationError).problems;
  }
  return expect.unreachable('the configuration was accepted');
}

describe('a configuration', () => {
  it('takes defaults, then the file, then the environment, then overrides', async () => {
    await writeFile(file, '\uFEFF{"port": 1000, "names": ["a"], "database": {"url": "postgresql://file", "poolSize": 5}}');
    const database = { CONSILIUM_DATABASE_POOL_SIZE: '7', CONSILIUM_DATABASE_VERBOSE: 'true' };
    const environment = { CONSILIUM_PORT: '2000', ...database, CONSILIUM_NAMES: 'x, y', PATH: '/bin' };
    expect(parse({ file, environment, overrides: { port: 3000, publicUrl: undefined } })).toEqual({
      port: 3000, logLevel: 'info', names: ['x', 'y'], database: { url: 'postgresql://file', poolSize: 7, verbose: true },
    });
  });

  it('names every mistake at once, with its source and without its value', async () => {
    await writeFile(file, '{"port": "secret-a", "colour": 1, "database": {"poolsize": 3}}');
    const environment = { CONSILIUM_LOG_LEVEL: 'secret-b', CONSILIUM_DATABASE_POOL_SIZE: 'secret-c', CONSILIUM_DATABSE_URL: 'secret-d' };
    const found = problems({ file, environment });
    expect(found).toEqual([
      { setting: 'CONSILIUM_DATABSE_URL', source: 'environment', message: 'is not a setting of this program' },
      { setting: 'colour', source: file, message: 'is not a setting of this program' },
      { setting: 'database.poolsize', source: file, message: 'is not a setting of this program' },
      { setting: 'port', source: file, message: 'must be of type number' },
      { setting: 'logLevel', source: 'CONSILIUM_LOG_LEVEL', message: 'must be one of: info, debug' },
      { setting: 'database.url', source: 'not set, for example CONSILIUM_DATABASE_URL', message: 'must be set' },
      { setting: 'database.poolSize', source: 'CONSILIUM_DATABASE_POOL_SIZE', message: 'must be of type number' },
    ]);
    expect(JSON.stringify(found)).not.toContain('secret');
  });

  it('leaves to other programs the variables that they read', () => {
    const environment = { CONSILIUM_DATABASE_URL: 'postgresql://here', CONSILIUM_DATA: '/shared' };
    expect(problems({ environment })).toHaveLength(1);
    expect(parse({ environment, readElsewhere: ['CONSILIUM_DATA'] }).database.url).toBe('postgresql://here');
  });

  it('says which limit a number is beyond', () => {
    const database = { url: 'x' };
    expect(problems({ overrides: { port: 0, database } })).toMatchObject([{ setting: 'port', source: 'command line', message: 'must be at least 1' }]);
    expect(problems({ overrides: { port: 70_000, database } })).toMatchObject([{ message: 'must be at most 65535' }]);
  });

  it('is refused with its code when the file is absent, is not JSON, or holds a list', async () => {
    expect(() => parse({ file: join(folder, 'none.json') })).toThrow(expect.objectContaining({ code: 'E711', message: expect.stringContaining('ENOENT') }));
    await writeFile(file, '{\n"port": 1,\n}');
    expect(problems({ file })).toMatchObject([{ message: 'is not JSON, line 3' }]);
    await writeFile(file, '[]');
    expect(problems({ file })).toMatchObject([{ message: 'must hold one JSON object' }]);
  });
});
