import type { Terminal } from './terminal.js';

const QUIET_MILLISECONDS = 2000;
const REDRAW_MILLISECONDS = 200;
const PLAIN_MILLISECONDS = 10_000;

/** Progress with the time left, shown once the work takes more than two seconds: one line that is redrawn, or a line now and then. */
export class ProgressLine {
  private readonly started: number;
  private drawn = 0;
  private shown = false;

  constructor(private readonly terminal: Terminal) {
    this.started = terminal.now();
  }

  update(done: number, total: number, message: string): void {
    const now = this.terminal.now();
    const elapsed = now - this.started;
    const pause = this.terminal.interactive ? REDRAW_MILLISECONDS : PLAIN_MILLISECONDS;
    if (elapsed < QUIET_MILLISECONDS || (this.shown && now - this.drawn < pause)) return;
    this.drawn = now;
    this.shown = true;
    const left = done > 0 && total > done ? `, about ${duration((elapsed * (total - done)) / done)} left` : '';
    const text = total > 0 ? `${message}: ${done} of ${total}${left}` : message;
    if (this.terminal.interactive) this.terminal.status(text);
    else this.terminal.note(text);
  }

  end(): void {
    if (this.shown) this.terminal.status('');
  }
}

/** "40 s", "3 min", "2 h 10 min". */
export function duration(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}
