export interface ShutdownOptions {
  /** Told of each part that failed to close or took too long. */
  readonly onProblem?: (part: string, error: unknown) => void;
  /** For each part. */
  readonly withinMilliseconds?: number;
}

/**
 * Closes what was opened, last opened first: register a part as soon as it runs. A part that fails or hangs is reported and does not keep
 * the others from closing.
 */
export class Shutdown {
  private readonly parts: { readonly name: string; readonly close: () => Promise<void> | void }[] = [];
  private closing: Promise<boolean> | undefined;

  constructor(private readonly options: ShutdownOptions = {}) {}

  register(name: string, close: () => Promise<void> | void): void {
    this.parts.push({ name, close });
  }

  /** Resolves to whether all parts closed. Further calls get the same answer. */
  close(): Promise<boolean> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  /**
   * Closes on SIGTERM and SIGINT and then calls `exit` with 0, or 1 when a part did not close. A second signal calls it at once with 130:
   * whoever presses Ctrl-C twice does not want to wait. Returns a function that takes the listeners away.
   */
  onSignals(exit: (code: number) => void): () => void {
    let asked = false;
    const listener = (): void => {
      if (asked) return exit(130);
      asked = true;
      void this.close().then((clean) => exit(clean ? 0 : 1));
    };
    const names = ['SIGTERM', 'SIGINT'] as const;
    for (const name of names) process.on(name, listener);
    return () => names.forEach((name) => process.off(name, listener));
  }

  private async closeAll(): Promise<boolean> {
    let clean = true;
    for (const { name, close } of this.parts.splice(0).reverse()) {
      try {
        await this.inTime(close);
      } catch (error) {
        clean = false;
        this.options.onProblem?.(name, error);
      }
    }
    return clean;
  }

  private async inTime(close: () => Promise<void> | void): Promise<void> {
    const { withinMilliseconds = 45_000 } = this.options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`It did not close within ${withinMilliseconds} ms.`)), withinMilliseconds);
    });
    try {
      await Promise.race([close(), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
