import { Counter } from 'prom-client';
import { describe, expect, it } from 'vitest';

import { createMetrics } from './metrics.js';
import { Shutdown } from './shutdown.js';

describe('closing down', () => {
  it('closes the last opened first, and goes on past what fails or hangs', async () => {
    const closed: string[] = [];
    const problems: string[] = [];
    const shutdown = new Shutdown({ withinMilliseconds: 30, onProblem: (part) => problems.push(part) });
    shutdown.register('database', () => void closed.push('database'));
    shutdown.register('hanging', () => new Promise(() => undefined));
    shutdown.register('failing', () => { throw new Error('x'); });
    shutdown.register('gateway', async () => void closed.push('gateway'));
    expect(await Promise.all([shutdown.close(), shutdown.close()])).toEqual([false, false]);
    expect(closed).toEqual(['gateway', 'database']);
    expect(problems).toEqual(['failing', 'hanging']);
  });

  it('follows a signal with the exit code, and a second signal at once', async () => {
    const codes: number[] = [];
    let finish: () => void = () => undefined;
    const shutdown = new Shutdown();
    shutdown.register('slow', () => new Promise<void>((resolve) => (finish = resolve)));
    const before = process.listenerCount('SIGTERM');
    const remove = shutdown.onSignals((code) => codes.push(code));
    process.emit('SIGTERM');
    process.emit('SIGINT');
    expect(process.listenerCount('SIGTERM')).toBe(before + 1);
    expect(codes).toEqual([130]);
    finish();
    await expect.poll(() => codes).toEqual([130, 0]);
    remove();
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});

describe('metrics', () => {
  it('are rendered with the program and version, apart from those of another registry', async () => {
    const [one, two] = await Promise.all([createMetrics({ application: 'coordinator', version: '0.1.0' }), createMetrics({ application: 'agent', version: '0.1.0' })]);
    new Counter({ name: 'consilium_rounds_total', help: 'Rounds closed.', registers: [one.registry] }).inc(3);
    expect(await one.render()).toContain('consilium_rounds_total{application="coordinator",version="0.1.0"} 3');
    expect(await one.render()).toContain('consilium_process_cpu_seconds_total');
    expect(await two.render()).not.toContain('rounds_total');
  });
});
