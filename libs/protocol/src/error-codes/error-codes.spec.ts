import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { agentErrors, channelErrors, coordinatorErrors, dataErrors, errorCodes, infrastructureErrors, methodErrors, planErrors, type ErrorCode } from './index.js';

const page = (code: string) => new URL(`../../../../docs/reference-error-${code.slice(1)}.md`, import.meta.url);

describe('error codes', () => {
  it('are unique', () => {
    expect(new Set(errorCodes.map(({ code }) => code)).size).toBe(errorCodes.length);
  });

  it.each(errorCodes.map((definition) => [definition.code, definition] as const))('%s says what to do and has a page of the same title', (code, definition) => {
    expect(definition.help.length).toBeGreaterThan(15);
    expect(existsSync(page(code)), `docs/reference-error-${code.slice(1)}.md is missing`).toBe(true);
    expect(readFileSync(page(code), 'utf8').split('\n')[0]).toBe(`# ${code}: ${definition.title}`);
  });

  it.each([
    [100, channelErrors],
    [200, coordinatorErrors],
    [300, agentErrors],
    [400, planErrors],
    [500, dataErrors],
    [600, methodErrors],
    [700, infrastructureErrors],
  ] as const)('from %i on belong to one application', (first, room) => {
    for (const { code } of Object.values(room as Record<string, ErrorCode>)) expect(Math.floor(Number(code.slice(1)) / 100) * 100).toBe(first);
  });
});
