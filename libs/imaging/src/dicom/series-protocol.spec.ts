import { describe, expect, it } from 'vitest';
import type { Frame, Instance } from './instance.js';
import { protocolOf, seriesOfProtocol } from './series-protocol.js';

const instance = { scanner: 'Vendor A Model 1', modality: 'MR', protocolName: 'NECK', description: 't1 tse tra', patientId: 'one', seriesNumber: 4 } as Instance;
const frame = { key: 'ORIGINAL\\PRIMARY||0|||', number: 0 } as Frame;

describe('the protocol of a series', () => {
  it('is the same whoever was scanned and however it is spelled, and another for another scanner, description, echo or b-value', () => {
    const own = protocolOf(instance, frame);
    expect(own).toMatch(/^[0-9a-f]{12}$/);
    expect(protocolOf({ ...instance, patientId: 'two', seriesNumber: 9, description: ' T1  TSE tra ' }, { ...frame, number: 7 })).toBe(own);
    const others = [protocolOf({ ...instance, scanner: 'Vendor B' }, frame), protocolOf({ ...instance, description: null }, frame), protocolOf({ ...instance, protocolName: 'HEAD' }, frame), protocolOf(instance, { ...frame, key: 'ORIGINAL\\PRIMARY||800|||' })];
    expect(new Set([own, ...others]).size).toBe(5);
  });

  it('finds the one series of several slices that has it, and none where several or nothing could be meant', () => {
    const series = (id: string, protocol: string, slices = 20) => ({ id, protocol, slices });
    expect(seriesOfProtocol([series('a', 'p'), series('b', 'q'), series('c', 'p', 1)], ['p'])).toBe('a');
    expect(seriesOfProtocol([series('a', 'p'), series('b', 'p')], ['p'])).toBeNull();
    expect(seriesOfProtocol([series('a', 'p'), series('b', 'q')], ['p', 'q'])).toBeNull();
    expect(seriesOfProtocol([series('a', 'x'), series('b', 'q')], ['p'])).toBeNull();
    // The only series is read without a protocol.
    expect(seriesOfProtocol([series('a', 'p')], ['p'])).toBeNull();
  });
});
