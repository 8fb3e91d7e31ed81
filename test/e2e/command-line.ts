import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { runCommandLine } from '@consilium/cli';
import { consilium } from '../federation/wdbc.js';

export interface Said {
  readonly out: string;
  readonly notes: string;
  readonly code: number;
}

/** One command of `consilium`, in this process: what it wrote, and the code it ends with. */
export async function command(...words: readonly string[]): Promise<Said> {
  let [out, notes, code] = ['', '', 0];
  await runCommandLine(words, {
    out: (text) => void (out += text.endsWith('\n') ? text : `${text}\n`),
    note: (text) => void (notes += `${text}\n`),
    status: () => undefined,
    interactive: false,
    now: () => performance.now(),
    exitCode: (value) => void (code = value),
  });
  return { out, notes, code };
}

/** A command that stays: a process of its own, with everything it has said. */
export class StayingCommand {
  said = '';

  private constructor(private readonly child: ChildProcess) {
    child.stdout!.on('data', (text: Buffer) => (this.said += text.toString()));
    child.stderr!.on('data', (text: Buffer) => (this.said += text.toString()));
  }

  /** Resolves when it has said something like `sign`. */
  static async start(words: readonly string[], sign: RegExp): Promise<StayingCommand> {
    const staying = new StayingCommand(spawn(process.execPath, [consilium, ...words], { stdio: ['ignore', 'pipe', 'pipe'] }));
    await staying.until(sign);
    return staying;
  }

  async until(sign: RegExp, milliseconds = 60_000): Promise<RegExpExecArray> {
    for (const end = performance.now() + milliseconds; performance.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const found = sign.exec(this.said);
      if (found) return found;
      if (this.child.exitCode !== null) break;
    }
    throw new Error(`Waited in vain for ${String(sign)}. It said: ${this.said}`);
  }

  /** As Ctrl-C would; the code it ends with. */
  async interrupt(): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGINT');
    await gone;
    return this.child.exitCode;
  }
}
