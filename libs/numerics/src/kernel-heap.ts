/** The part of the engine's WebAssembly that is used. Its types come with those of browsers, which not every program loads. */
interface WebAssemblyMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: KernelImports) => { readonly exports: object };
};

/** Functions that kernels call. */
export type KernelImports = Readonly<Record<string, Readonly<Record<string, (x: number) => number>>>>;

type View<T> = new (buffer: ArrayBufferLike, offset: number, length: number) => T;

/** What every module of kernels exports besides its kernels. */
interface KernelModule {
  readonly memory: WebAssemblyMemory;
  readonly heapBase: () => number;
}

const PAGE = 65_536;
/** Memory never shrinks: a module that has grown beyond this is dropped after its work, or what lies in it is forgotten. */
export const LARGE_KERNEL_MEMORY = 2 ** 28;

/**
 * A module of WebAssembly kernels with the memory they work in. Memory is a stack: what is taken within `scoped` is given back at its end, and used again without ever becoming
 * garbage. Views are of the moment: memory that grows leaves older views empty, so that a view is asked for where it is used and not kept across `take`.
 */
export class KernelHeap<Kernels extends object> {
  readonly kernels: Kernels;
  private readonly memory: WebAssemblyMemory;
  private readonly bottom: number;
  private top: number;

  /**
   * @param module the module's bytes in base 64
   * @param imports functions that kernels call
   * @param full makes the error that is thrown where there is no more memory
   */
  constructor(
    module: string,
    imports: KernelImports = {},
    private readonly full: () => Error = () => new RangeError('The kernels need more memory than there is.'),
  ) {
    const letters = atob(module);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
    this.kernels = exports as unknown as Kernels;
    const { memory, heapBase } = exports as unknown as KernelModule;
    this.memory = memory;
    this.bottom = aligned(heapBase());
    this.top = this.bottom;
  }

  /** Room for some bytes, aligned to 16; it holds what was there before. */
  take(bytes: number): number {
    const at = this.top;
    const end = at + aligned(bytes);
    // Kernels read up to 16 bytes past the end of what they are given.
    const missing = end + 16 - this.memory.buffer.byteLength;
    if (missing > 0) this.grow(missing);
    this.top = end;
    return at;
  }

  /** Room that holds zeros. */
  zeros(bytes: number): number {
    const at = this.take(bytes);
    this.bytes(at, bytes).fill(0);
    return at;
  }

  /** A copy of values, as doubles. */
  putDoubles(values: ArrayLike<number>): number {
    const at = this.take(8 * values.length);
    this.doubles(at, values.length).set(values);
    return at;
  }

  /** A copy of values, as 32-bit whole numbers. */
  putWords(values: ArrayLike<number>): number {
    const at = this.take(4 * values.length);
    this.words(at, values.length).set(values);
    return at;
  }

  /** Gives back, at the end, all memory that was taken meanwhile. */
  scoped<T>(work: () => T): T {
    const mark = this.top;
    try {
      return work();
    } finally {
      this.top = mark;
    }
  }

  /** Takes everything back, whoever took it; whether the memory is so large that it should be made anew. */
  clear(): { readonly large: boolean } {
    this.top = this.bottom;
    return { large: this.memory.buffer.byteLength > LARGE_KERNEL_MEMORY };
  }

  /** Bytes that are taken. */
  get taken(): number {
    return this.top - this.bottom;
  }

  /** The place up to which memory is taken, for `release`: where work is not one call. */
  mark(): number {
    return this.top;
  }

  release(mark: number): void {
    this.top = mark;
  }

  doubles(at: number, length: number): Float64Array {
    return this.view(Float64Array, at, length);
  }

  singles(at: number, length: number): Float32Array {
    return this.view(Float32Array, at, length);
  }

  words(at: number, length: number): Int32Array {
    return this.view(Int32Array, at, length);
  }

  bytes(at: number, length: number): Uint8Array {
    return this.view(Uint8Array, at, length);
  }

  private view<T>(kind: View<T>, at: number, length: number): T {
    return new kind(this.memory.buffer, at, length);
  }

  private grow(missing: number): void {
    const pages = Math.ceil(missing / PAGE);
    // By half of what there is, 16 megabytes at least: each growth costs, and what is not touched takes no memory.
    for (const more of [Math.max(pages, 256, Math.ceil(this.memory.buffer.byteLength / PAGE / 2)), pages]) {
      try {
        this.memory.grow(more);
        return;
      } catch {
        // Refused where the whole would pass 4 GB, or the machine has no more.
      }
    }
    throw this.full();
  }
}

const aligned = (bytes: number): number => Math.ceil(bytes / 16) * 16;
