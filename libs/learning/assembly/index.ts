/** Where working memory begins. */
export function heapBase(): usize { return __heap_base; }

// Histograms of gradients, and the rows of a growing tree. Rows and nodes are 32-bit words; a place is where the bin of a column begins in a histogram of all columns, in bytes, row after row.

// @ts-ignore: decorator
@inline function wordAt(base: usize, i: i32): i32 { return load<i32>(base + (<usize>i << 2)); }
// @ts-ignore: decorator
@inline function setWord(base: usize, i: i32, value: i32): void { store<i32>(base + (<usize>i << 2), value); }

/** A bin takes sixteen bytes: g and h. */
// @ts-ignore: decorator
@inline function addAt(out: usize, place: usize, both: v128): void {
  const at = out + place;
  v128.store(at, f64x2.add(v128.load(at), both));
}

/** Adds g and h of some rows, side by side in `gradients`, to the bins of columns first … end - 1. */
// @ts-ignore: decorator
@inline function addNeighbours<T>(rows: usize, count: i32, places: usize, p: i32, first: i32, end: i32, gradients: usize, out: usize): void {
  const width = end - first;
  const paired = width & ~1;
  for (let i = 0; i < count; i++) {
    const row = <usize>wordAt(rows, i);
    const both = v128.load(gradients + (row << 4));
    let at = places + (row * <usize>p + <usize>first) * sizeof<T>();
    let k = 0;
    for (; k < paired; k += 2) {
      addAt(out, <usize>load<T>(at), both);
      addAt(out, <usize>load<T>(at, sizeof<T>()), both);
      at += 2 * sizeof<T>();
    }
    if (k < width) addAt(out, <usize>load<T>(at), both);
  }
}

/** The same for columns that do not lie side by side. */
// @ts-ignore: decorator
@inline function addChosen<T>(rows: usize, count: i32, places: usize, p: i32, columns: usize, m: i32, gradients: usize, out: usize): void {
  for (let i = 0; i < count; i++) {
    const row = <usize>wordAt(rows, i);
    const both = v128.load(gradients + (row << 4));
    const own = places + row * <usize>p * sizeof<T>();
    for (let c = 0; c < m; c++) addAt(out, <usize>load<T>(own + <usize>wordAt(columns, c) * sizeof<T>()), both);
  }
}

// @ts-ignore: decorator
@inline function countChosen<T>(rows: usize, count: i32, places: usize, p: i32, columns: usize, m: i32, out: usize): void {
  for (let i = 0; i < count; i++) {
    const own = places + <usize>wordAt(rows, i) * <usize>p * sizeof<T>();
    for (let c = 0; c < m; c++) {
      const at = out + (<usize>load<T>(own + <usize>wordAt(columns, c) * sizeof<T>()) >> 2);
      store<i32>(at, load<i32>(at) + 1);
    }
  }
}

export function addRange(wide: bool, rows: usize, count: i32, places: usize, p: i32, first: i32, end: i32, gradients: usize, out: usize): void {
  if (wide) addNeighbours<u32>(rows, count, places, p, first, end, gradients, out);
  else addNeighbours<u16>(rows, count, places, p, first, end, gradients, out);
}

export function addColumns(wide: bool, rows: usize, count: i32, places: usize, p: i32, columns: usize, m: i32, gradients: usize, out: usize): void {
  if (wide) addChosen<u32>(rows, count, places, p, columns, m, gradients, out);
  else addChosen<u16>(rows, count, places, p, columns, m, gradients, out);
}

/** Counts the rows in the bins of some columns, in words. */
export function countColumns(wide: bool, rows: usize, count: i32, places: usize, p: i32, columns: usize, m: i32, out: usize): void {
  if (wide) countChosen<u32>(rows, count, places, p, columns, m, out);
  else countChosen<u16>(rows, count, places, p, columns, m, out);
}

/** Rows whose bin in a column is at most `bin` before the others, each in the order they had; how many they are. */
export function partition(rows: usize, count: i32, column: usize, bin: i32, scratch: usize): i32 {
  let l = 0;
  let r = 0;
  for (let i = 0; i < count; i++) {
    const row = wordAt(rows, i);
    setWord(rows, l, row);
    setWord(scratch, r, row);
    const right = <i32>(<i32>load<u8>(column + <usize>row) > bin);
    r += right;
    l += 1 - right;
  }
  memory.copy(rows + (<usize>l << 2), scratch, <usize>r << 2);
  return l;
}

/** Adds to the values of some rows the answer of a tree in bins; bins column after column. */
export function addTree(bins: usize, n: i32, rows: usize, count: i32, feature: usize, bin: usize, left: usize, answer: usize, values: usize): void {
  for (let i = 0; i < count; i++) {
    const row = wordAt(rows, i);
    let node = 0;
    for (let f = wordAt(feature, 0); f >= 0; f = wordAt(feature, node)) {
      const own = <i32>load<u8>(bins + <usize>f * <usize>n + <usize>row);
      node = wordAt(left, node) + <i32>(own > wordAt(bin, node));
    }
    const at = values + (<usize>row << 3);
    store<f64>(at, load<f64>(at) + load<f64>(answer + (<usize>node << 3)));
  }
}

/** Adds one answer to the values of some rows. */
export function addAnswer(rows: usize, count: i32, answer: f64, values: usize): void {
  for (let i = 0; i < count; i++) {
    const at = values + (<usize>wordAt(rows, i) << 3);
    store<f64>(at, load<f64>(at) + answer);
  }
}
