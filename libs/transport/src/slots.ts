/** A few places, given in the order asked for. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Calls back with a place as soon as one is free; the place is given back by calling `release`, once. Returns how to stop waiting. */
  take(use: (release: () => void) => void): () => void {
    const start = (): void => use(this.#releaseOnce());
    if (this.#free > 0) {
      this.#free--;
      start();
      return () => undefined;
    }
    this.#waiting.push(start);
    return () => {
      const place = this.#waiting.indexOf(start);
      if (place >= 0) this.#waiting.splice(place, 1);
    };
  }

  #releaseOnce(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    };
  }
}
