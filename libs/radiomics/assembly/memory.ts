/** Where working memory begins. */
export function heapBase(): usize { return __heap_base; }

// Typed reads and writes at the i-th element after a place in memory.

// @ts-ignore: decorator
@inline export function doubleAt(base: usize, i: i32): f64 { return load<f64>(base + (<usize>i << 3)); }
// @ts-ignore: decorator
@inline export function setDouble(base: usize, i: i32, value: f64): void { store<f64>(base + (<usize>i << 3), value); }
// @ts-ignore: decorator
@inline export function wordAt(base: usize, i: i32): i32 { return load<i32>(base + (<usize>i << 2)); }
// @ts-ignore: decorator
@inline export function setWord(base: usize, i: i32, value: i32): void { store<i32>(base + (<usize>i << 2), value); }
// @ts-ignore: decorator
@inline export function addWord(base: usize, i: i32, value: i32): void { const at = base + (<usize>i << 2); store<i32>(at, load<i32>(at) + value); }
// @ts-ignore: decorator
@inline export function shortAt(base: usize, i: i32): i32 { return <i32>load<u16>(base + (<usize>i << 1)); }
// @ts-ignore: decorator
@inline export function setShort(base: usize, i: i32, value: i32): void { store<u16>(base + (<usize>i << 1), <u16>value); }
// @ts-ignore: decorator
@inline export function byteAt(base: usize, i: i32): i32 { return <i32>load<u8>(base + <usize>i); }
// @ts-ignore: decorator
@inline export function setByte(base: usize, i: i32, value: i32): void { store<u8>(base + <usize>i, <u8>value); }
