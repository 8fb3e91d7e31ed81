/** A body of which a first part has arrived and was verified frame by frame. */
export interface PartialBody {
  readonly bytes: Buffer;
  readonly received: number;
}

interface Kept extends PartialBody {
  readonly timer: NodeJS.Timeout;
}

/**
 * First parts of bodies whose connection broke, by sender and digest, for a while: the sender continues there on its next connection.
 * When their memory is used up the oldest goes first; losing one costs only time.
 */
export class KeptBodies {
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(
    private readonly milliseconds: number,
    private readonly limitBytes: number,
  ) {}

  keep(sender: string, digest: string, body: PartialBody): void {
    this.take(sender, digest, body.bytes.length);
    if (body.bytes.length > this.limitBytes) return;
    const key = keyOf(sender, digest, body.bytes.length);
    const timer = setTimeout(() => this.#drop(key), this.milliseconds).unref();
    this.#kept.set(key, { ...body, timer });
    this.#bytes += body.bytes.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.limitBytes) break;
      this.#drop(oldest);
    }
  }

  /** Hands over what was kept of a body, and forgets it. */
  take(sender: string, digest: string, length: number): PartialBody | undefined {
    const key = keyOf(sender, digest, length);
    const kept = this.#kept.get(key);
    this.#drop(key);
    return kept;
  }

  clear(): void {
    for (const key of [...this.#kept.keys()]) this.#drop(key);
  }

  #drop(key: string): void {
    const kept = this.#kept.get(key);
    if (!kept) return;
    clearTimeout(kept.timer);
    this.#kept.delete(key);
    this.#bytes -= kept.bytes.length;
  }
}

const keyOf = (sender: string, digest: string, length: number): string => `${sender} ${digest} ${length}`;
