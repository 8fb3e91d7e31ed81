import type { Terminal } from './terminal.js';

/** A terminal that keeps what it is told, with a clock that a test moves. */
export interface RecordedTerminal extends Terminal {
  readonly output: string[];
  readonly notes: string[];
  code: number;
  time: number;
}

export function recordedTerminal(interactive = false): RecordedTerminal {
  const terminal: RecordedTerminal = {
    output: [],
    notes: [],
    code: 0,
    time: 0,
    interactive,
    out: (text) => void terminal.output.push(text),
    note: (text) => void terminal.notes.push(text),
    status: (text) => void terminal.notes.push(text),
    now: () => terminal.time,
    exitCode: (code) => void (terminal.code = code),
  };
  return terminal;
}
