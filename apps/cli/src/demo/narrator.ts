import type { Terminal } from '../terminal.js';

const INDENT = '  ';
const indented = (text: string): string => text.trimEnd().replace(/^(?=.)/gm, INDENT);

/** Tells a long story: numbered headings, and what belongs to each below it. */
export class Narrator {
  private chapter = 0;
  private readonly started: number;
  /** What a command writes, as part of the story. */
  readonly inside: Terminal;

  constructor(private readonly terminal: Terminal) {
    this.started = terminal.now();
    this.inside = {
      ...terminal,
      out: (text) => this.say(text),
      note: (text) => this.say(text),
      status: (text) => terminal.status(text === '' ? '' : indented(text)),
    };
  }

  get seconds(): number {
    return Math.round((this.terminal.now() - this.started) / 1000);
  }

  heading(title: string): void {
    this.terminal.out(`\n${++this.chapter}. ${title}`);
  }

  say(text: string): void {
    this.terminal.out(indented(text));
  }

  /** Outside the chapters. */
  plain(text: string): void {
    this.terminal.out(text);
  }
}
