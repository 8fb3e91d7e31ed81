const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Somebody wants the demonstration to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Ctrl-C and its relatives as a promise: the demonstration ends in order, whatever it was doing. Later signals change nothing. */
export class Interruption {
  private readonly controller = new AbortController();
  private readonly listener = (): void => this.controller.abort();

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.listener);
  }

  get requested(): boolean {
    return this.controller.signal.aborted;
  }

  /** Resolves when a signal came. */
  get request(): Promise<void> {
    return new Promise((resolve) => {
      if (this.requested) resolve();
      else this.controller.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Between two steps: throws when a signal came. */
  check(): void {
    if (this.requested) throw new Interrupted();
  }

  /** The work, or Interrupted as soon as a signal comes; the work itself is left to end with its processes. */
  async during<T>(work: Promise<T>): Promise<T> {
    return Promise.race([
      work,
      this.request.then((): never => {
        throw new Interrupted();
      }),
    ]);
  }

  dispose(): void {
    for (const signal of SIGNALS) process.off(signal, this.listener);
  }
}
