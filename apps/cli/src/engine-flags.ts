import { setFlagsFromString } from 'node:v8';

/**
 * With several threads the engine's own compilers compete with them for processors, and each thread pays for code of its own that it runs for a second. So the kernels are compiled once, to their final form, and
 * functions only when they have run much longer. Tried with V8 11 (Node 20); other versions are left as they are.
 */
export function compileLess(): void {
  if (!process.versions.v8.startsWith('11.')) return;
  for (const flag of ['--no-liftoff', '--interrupt-budget=600000']) setFlagsFromString(flag);
}
