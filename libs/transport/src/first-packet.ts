/** A packet of engine.io, below the frames of a link. */
export interface EnginePacket {
  readonly type: string;
  readonly data?: unknown;
}

/**
 * Whether engine.io can read the packet. Its client takes the first one, which no channel has sealed yet, as it comes: what a line altered
 * would end the program.
 */
export function isReadable({ type, data }: EnginePacket): boolean {
  if (type !== 'open') return true;
  try {
    const { sid, upgrades, pingInterval, pingTimeout } = JSON.parse(String(data)) as Record<string, unknown>;
    return typeof sid === 'string' && Array.isArray(upgrades) && typeof pingInterval === 'number' && typeof pingTimeout === 'number';
  } catch {
    return false;
  }
}
