import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * Where a connection between an agent and its coordinator breaks, seen from the contribution that is on its way:
 * - `asked`: the question arrived, the answer finds no connection
 * - `sent`: the answer left the agent and never arrived
 * - `torn`: the first half of the answer's first piece arrived
 * - `received`: the answer arrived; what the coordinator says next does not
 * - `settled-torn`: half of what the coordinator says next arrives
 * - `half-open`: the answer arrived; the agent sees its connection end, the coordinator does not
 */
export const cuts = ['asked', 'sent', 'torn', 'received', 'settled-torn', 'half-open'] as const;
export type Cut = (typeof cuts)[number];

/** Exchanges in which TLS, the WebSocket and the channel are set up and the agent says hello; let through whole, so that agents come back. */
const SET_UP = 9;
const HALF_OPEN_MILLISECONDS = 3_000;

/** A TCP relay before the coordinator that breaks connections where it is told to. It reads nothing: all is encrypted. */
export class CuttingRelay {
  readonly made = new Map<Cut, number>(cuts.map((cut) => [cut, 0]));
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly target: number,
    /** Asked once for each answer of an agent, and each time the coordinator speaks; the cut to make there, if any. */
    private readonly choose: () => Cut | undefined,
  ) {
    this.server = createServer((socket) => this.relay(socket));
  }

  static async open(target: number, choose: () => Cut | undefined): Promise<CuttingRelay> {
    const relay = new CuttingRelay(target, choose);
    relay.server.listen(0, '127.0.0.1');
    await once(relay.server, 'listening');
    return relay;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get total(): number {
    return [...this.made.values()].reduce((sum, count) => sum + count, 0);
  }

  async close(): Promise<void> {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private relay(agent: Socket): void {
    const centre = connect(this.target, '127.0.0.1');
    for (const socket of [agent, centre]) {
      socket.setNoDelay(true);
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
    }
    const both = (): void => {
      agent.destroy();
      centre.destroy();
    };
    let exchanges = 0;
    let speaker: 'agent' | 'centre' = 'centre';
    /** Chosen at the agent's answer, made at the coordinator's next words. */
    let armed: Cut | undefined;
    let silent = false;
    agent.on('data', (bytes) => {
      if (speaker !== 'agent') {
        speaker = 'agent';
        exchanges++;
        const cut = exchanges > SET_UP ? this.choose() : undefined;
        if (cut === 'sent' || cut === 'torn') {
          if (cut === 'torn') centre.write(bytes.subarray(0, bytes.length >> 1));
          this.count(cut);
          return both();
        }
        if (cut === 'half-open') {
          this.count(cut);
          silent = true;
          centre.write(bytes);
          agent.destroy();
          setTimeout(both, HALF_OPEN_MILLISECONDS).unref();
          return;
        }
        armed = cut;
      }
      centre.write(bytes);
    });
    centre.on('data', (bytes) => {
      if (silent) return;
      speaker = 'centre';
      if (armed === undefined) return void agent.write(bytes);
      this.count(armed);
      if (armed === 'asked') agent.end(bytes, () => centre.destroy());
      else {
        if (armed === 'settled-torn') agent.write(bytes.subarray(0, bytes.length >> 1));
        both();
      }
      armed = undefined;
      silent = true;
    });
    agent.on('close', () => silent || centre.destroy());
    centre.on('close', () => agent.destroy());
  }

  private count(cut: Cut): void {
    this.made.set(cut, (this.made.get(cut) ?? 0) + 1);
  }
}
