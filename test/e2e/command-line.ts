import { runCommandLine } from '@consilium/cli';

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
