/** A bucket of permissions that fills with time. Times are monotonic milliseconds. */
export class RateLimit {
  #permissions: number;
  #filledAt: number;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    uptime: number,
  ) {
    this.#permissions = burst;
    this.#filledAt = uptime;
  }

  allows(uptime: number): boolean {
    this.#permissions = Math.min(this.burst, this.#permissions + ((uptime - this.#filledAt) / 1000) * this.perSecond);
    this.#filledAt = uptime;
    if (this.#permissions < 1) return false;
    this.#permissions -= 1;
    return true;
  }
}
