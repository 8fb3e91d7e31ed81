import { discard } from '@consilium/secure-channel';

/** The part of a WebSocket of `ws` that is needed here. */
export interface SendingSocket {
  send(data: unknown, options: object, callback?: (error?: Error) => void): void;
}

/**
 * From now on the socket frees the memory of each frame when it has been written. Every frame is sealed for one connection and sent once, so nobody
 * reads it again; left to the garbage collection, frames that waited for a slow line made collections of the whole heap (measured).
 */
export function discardSent(socket: SendingSocket): void {
  const send = socket.send.bind(socket);
  socket.send = (data, options, callback) => {
    // The options may be left out.
    const told = typeof options === 'function' ? (options as typeof callback) : callback;
    send(data, typeof options === 'function' ? {} : options, (error) => {
      if (data instanceof Uint8Array) discard(data);
      told?.(error);
    });
  };
}
