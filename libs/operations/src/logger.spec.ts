import { describe, expect, it } from 'vitest';

import { createLogger, NestPinoLogger } from './logger.js';

function capture() {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ name: 'coordinator', level: 'trace', destination, redact: ['patient'] });
  return { logger, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>, lines };
}

describe('the log', () => {
  it('hides secrets at the top and one level down, and keeps error codes', () => {
    const { logger, last } = capture();
    const req = { headers: { authorization: 's3cret', cookie: 's3cret' } };
    const body = { password: 's3cret', code: 's3cret' };
    logger.info({ token: 's3cret', body, patient: 's3cret', database: { url: 's3cret' }, req }, 'asked');
    expect(JSON.stringify(last())).not.toContain('s3cret');
    logger.error({ err: Object.assign(new Error('away'), { code: '57P01' }), req: { url: '/api/runs' } }, 'failed');
    expect(last()).toMatchObject({ level: 'error', err: { code: '57P01', message: 'away' }, req: { url: '/api/runs' } });
  });

  it('says when, who and how bad, and not on which host', () => {
    const { logger, last } = capture();
    logger.warn('late');
    expect(last()).toEqual({ level: 'warn', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/), pid: process.pid, name: 'coordinator', msg: 'late' });
  });

  it('carries the messages of Nest with their context and stack', () => {
    const { logger, last } = capture();
    const nest = new NestPinoLogger(logger);
    nest.log('Mapped route', 'RouterExplorer');
    expect(last()).toMatchObject({ level: 'info', msg: 'Mapped route', context: 'RouterExplorer' });
    nest.error('Broken', 'Error: Broken\n at x', 'Gateway');
    expect(last()).toMatchObject({ level: 'error', msg: 'Broken', stack: 'Error: Broken\n at x', context: 'Gateway' });
    nest.error(new Error('thrown'));
    expect(last()).toMatchObject({ level: 'error', err: { message: 'thrown' } });
    nest.verbose({ some: 'object' });
    expect(last()).toMatchObject({ level: 'trace', detail: { some: 'object' } });
  });
});
