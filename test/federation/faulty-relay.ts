import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type Direction = 'to-centre' | 'to-agent';

/** What becomes of a piece of the stream: it comes later, twice, or changed. */
export interface Passage {
  readonly milliseconds?: number;
  readonly pieces?: readonly Uint8Array[];
}

const untouched: Passage = {};

/**
 * A line between one agent and its coordinator, in this process, that has the faults a test asks for.
 *
 * TCP keeps order and loses nothing, so a lost packet is seen above it as a piece that comes late and holds up what follows: `pass` may say so.
 */
export class FaultyRelay {
  /** Asked for every piece. */
  pass: (bytes: Uint8Array, direction: Direction) => Passage = () => untouched;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #held = new Map<Direction, { released: Promise<void>; release: () => void }>();
  #isCut = false;
  /** Connections that were made through it. */
  connections = 0;

  private constructor(private readonly target: number) {
    this.#server = createServer((socket) => this.#carry(socket));
  }

  static async open(target: number): Promise<FaultyRelay> {
    const relay = new FaultyRelay(target);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends what is there, and everything new, until mended. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Nothing arrives in a direction until mended; both ends see a connection. */
  hold(direction: Direction): void {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    this.#held.set(direction, { released, release });
  }

  mend(): void {
    this.#isCut = false;
    for (const { release } of this.#held.values()) release();
    this.#held.clear();
  }

  async close(): Promise<void> {
    this.cut();
    this.mend();
    this.#server.close();
  }

  #carry(agent: Socket): void {
    if (this.#isCut) return void agent.destroy();
    this.connections++;
    const centre = connect(this.target, '127.0.0.1');
    for (const socket of [agent, centre]) {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        agent.destroy();
        centre.destroy();
      });
    }
    this.#pour(agent, centre, 'to-centre');
    this.#pour(centre, agent, 'to-agent');
  }

  /** In order: what comes late holds up what follows. */
  #pour(from: Socket, to: Socket, direction: Direction): void {
    let before: Promise<unknown> = Promise.resolve();
    from.on('data', (bytes) => {
      const { milliseconds = 0, pieces = [bytes] } = this.pass(bytes, direction);
      const due = performance.now() + milliseconds;
      before = before.then(async () => {
        if (milliseconds > 0) await sleep(Math.max(0, due - performance.now()), undefined, { ref: false });
        await this.#held.get(direction)?.released;
        for (const piece of pieces) if (!to.destroyed) to.write(piece);
      });
    });
  }
}
