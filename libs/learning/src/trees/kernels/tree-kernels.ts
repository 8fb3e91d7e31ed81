import { KERNELS } from './kernels-wasm.js';

/** The part of the engine's WebAssembly that is used; its types come with those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

/** The kernels of assembly/: places in their memory are numbers; what each does stands there. */
interface TreeKernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  heapBase(): number;
  addRange(wide: boolean, rows: number, count: number, places: number, p: number, first: number, end: number, gradients: number, out: number): void;
  addColumns(wide: boolean, rows: number, count: number, places: number, p: number, columns: number, m: number, gradients: number, out: number): void;
  countColumns(wide: boolean, rows: number, count: number, places: number, p: number, columns: number, m: number, out: number): void;
  partition(rows: number, count: number, column: number, bin: number, scratch: number): number;
  addTree(bins: number, n: number, rows: number, count: number, feature: number, bin: number, left: number, answer: number, values: number): void;
  addAnswer(rows: number, count: number, answer: number, values: number): void;
}

const PAGE = 65_536;
/** What lies in the memory is forgotten when it would grow beyond this, and laid there anew when it is needed. */
const LARGE = 2 ** 28;

/**
 * The kernels of this thread and their memory. What is laid in it stays until `forget`, which `generation` tells; what is taken above it for one call is given back at the
 * call's end. Views are of the moment: memory that grows leaves older ones empty.
 */
export class KernelMemory {
  readonly kernels: TreeKernels;
  /** Changes whenever everything laid in the memory is gone. */
  generation = 0;
  private readonly bottom: number;
  private top: number;

  constructor() {
    const bytes = Uint8Array.from(atob(KERNELS), (letter) => letter.charCodeAt(0));
    this.kernels = new WebAssembly.Instance(new WebAssembly.Module(bytes), {}).exports as TreeKernels;
    this.bottom = aligned(this.kernels.heapBase());
    this.top = this.bottom;
  }

  /** Forgets everything where so many bytes more would make the memory large. */
  prepare(bytes: number): void {
    if (this.top > this.bottom && this.top + bytes > LARGE) {
      this.top = this.bottom;
      this.generation++;
    }
  }

  /** Room for some bytes; it holds what was there before. */
  take(bytes: number): number {
    const at = this.top;
    this.top = at + aligned(bytes);
    const missing = this.top + 16 - this.kernels.memory.buffer.byteLength;
    if (missing > 0) this.kernels.memory.grow(Math.ceil(missing / PAGE));
    return at;
  }

  /** What is taken within is given back at the end. */
  scoped<T>(work: () => T): T {
    const { top } = this;
    try {
      return work();
    } finally {
      this.top = top;
    }
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.kernels.memory.buffer, at, length);
  }

  words(at: number, length: number): Int32Array {
    return new Int32Array(this.kernels.memory.buffer, at, length);
  }

  doubles(at: number, length: number): Float64Array {
    return new Float64Array(this.kernels.memory.buffer, at, length);
  }

  /** Words laid in room of their own. */
  laidWords(words: ArrayLike<number>): number {
    const at = this.take(4 * words.length);
    this.words(at, words.length).set(words);
    return at;
  }

  laidDoubles(doubles: ArrayLike<number>): number {
    const at = this.take(8 * doubles.length);
    this.doubles(at, doubles.length).set(doubles);
    return at;
  }
}

const aligned = (bytes: number): number => Math.ceil(bytes / 16) * 16;

let memory: KernelMemory | null = null;

/** The kernels of this thread, made when they are first needed. */
export const kernelMemory = (): KernelMemory => (memory ??= new KernelMemory());
