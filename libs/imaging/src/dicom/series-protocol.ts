import { createHash } from 'node:crypto';
import type { Frame, Instance } from './instance.js';

/** What is told of a series to find others like it. */
export interface ProtocolSeries {
  readonly id: string;
  readonly slices: number;
  readonly protocol: string;
}

/**
 * Twelve hexadecimal digits that series of one scanner and protocol share, whoever was scanned: maker and model, modality, protocol, description, and what tells volumes of one
 * series apart (echo, b-value, image type). Spelling in capitals and spaces do not count.
 */
export function protocolOf({ scanner, modality, protocolName, description }: Instance, { key }: Frame): string {
  const said = [scanner, modality, protocolName, description, key].map((part) => (part ?? '').trim().replace(/\s+/g, ' ').toLowerCase());
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 12);
}

/** Volumes that an image may be: of several slices where there are some, for localisers are split into single ones. */
export function likelySeries<S extends { readonly slices: number }>(series: readonly S[]): readonly S[] {
  const several = series.filter(({ slices }) => slices > 1);
  return several.length > 0 ? several : series;
}

/** Of a folder where several volumes could be meant, the id of the only one with one of the protocols; null where none or several have, and where there is nothing to choose. */
export function seriesOfProtocol(series: readonly ProtocolSeries[], protocols: readonly string[]): string | null {
  const likely = likelySeries(series);
  const found = likely.filter(({ protocol }) => protocols.includes(protocol));
  return likely.length > 1 && found.length === 1 ? found[0].id : null;
}
