/** Where a command writes and what it may know of the machine; tests hand in their own. */
export interface Terminal {
  /** Results. */
  out(text: string): void;
  /** Progress, notes and refusals. */
  note(text: string): void;
  /** Overwrites the last progress line; nothing on a terminal that cannot. */
  status(text: string): void;
  readonly interactive: boolean;
  readonly now: () => number;
  /** Sets the code the process ends with. */
  exitCode(code: number): void;
}

export const EXIT_REFUSED = 1;
export const EXIT_USAGE = 2;

export function processTerminal(): Terminal {
  const interactive = process.stderr.isTTY === true;
  return {
    out: (text) => void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    status: (text) => {
      // A line longer than the screen would wrap, and its first part could not be overwritten.
      if (interactive) process.stderr.write(`\r\u001b[2K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
    },
    interactive,
    now: () => performance.now(),
    exitCode: (code) => {
      process.exitCode = code;
    },
  };
}
