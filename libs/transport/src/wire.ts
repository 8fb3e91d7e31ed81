/** What carries frames for a link: socket.io here, anything in tests. */
export interface Wire {
  send(frame: Uint8Array): void;
  /** Replaces the receiver. Frames are handed over in order. */
  onFrame(handler: (frame: Uint8Array) => void): void;
  onClosed(handler: () => void): void;
  /** Sends what is waiting, then hangs up. */
  close(): void;
}

interface EventedSocket {
  emit(event: string, bytes: Uint8Array): unknown;
  on(event: string, listener: (...args: never[]) => void): unknown;
  disconnect(close?: boolean): unknown;
}

/**
 * A server's or client's socket.io socket as a wire.
 *
 * A server drops the last frame when the client's goodbye is read together with it, so a client lingers: it leaves the hanging up
 * to the server, which does so when it reads why, and only then by itself.
 */
export function socketWire(socket: EventedSocket, frameEvent: string, lingerMilliseconds = 0): Wire {
  let receive: (frame: Uint8Array) => void = () => undefined;
  const closed: (() => void)[] = [];
  let isClosed = false;
  socket.on(frameEvent, ((frame: Uint8Array) => receive(frame)));
  socket.on('disconnect', () => {
    isClosed = true;
    for (const handler of closed) handler();
  });
  return {
    send: (frame) => void socket.emit(frameEvent, frame),
    onFrame: (handler) => void (receive = handler),
    onClosed: (handler) => (isClosed ? handler() : void closed.push(handler)),
    close: () => {
      if (lingerMilliseconds === 0) socket.disconnect(true);
      else setTimeout(() => socket.disconnect(true), lingerMilliseconds).unref();
    },
  };
}
