/** Trees in bins as they travel: node counts, and all nodes one after another. `number` is the bin at an inner node and the value at a leaf. */
export interface PackedTrees {
  readonly sizes: Float64Array;
  readonly feature: Float64Array;
  readonly number: Float64Array;
  readonly left: Float64Array;
}

/** One of them. */
export interface PackedTree {
  readonly feature: Float64Array;
  readonly number: Float64Array;
  readonly left: Float64Array;
}

/** Trees that are added one by one and packed at any time without being copied. */
export class TreePacker {
  private size = 0;
  private nodes = 0;
  private sizes = new Float64Array(16);
  private feature = new Float64Array(256);
  private number = new Float64Array(256);
  private left = new Float64Array(256);

  add({ feature, number, left }: { readonly feature: ArrayLike<number>; readonly number: ArrayLike<number>; readonly left: ArrayLike<number> }): void {
    const end = this.nodes + feature.length;
    this.sizes = withRoom(this.sizes, this.size + 1);
    this.feature = withRoom(this.feature, end);
    this.number = withRoom(this.number, end);
    this.left = withRoom(this.left, end);
    this.sizes[this.size++] = feature.length;
    this.feature.set(feature, this.nodes);
    this.number.set(number, this.nodes);
    this.left.set(left, this.nodes);
    this.nodes = end;
  }

  packed(): PackedTrees {
    const { nodes } = this;
    return { sizes: this.sizes.subarray(0, this.size), feature: this.feature.subarray(0, nodes), number: this.number.subarray(0, nodes), left: this.left.subarray(0, nodes) };
  }
}

function withRoom(block: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  if (length <= block.length) return block;
  const larger = new Float64Array(Math.max(length, 2 * block.length));
  larger.set(block);
  return larger;
}

export const packTrees = (trees: Parameters<TreePacker['add']>[0][]): PackedTrees => {
  const packer = new TreePacker();
  for (const tree of trees) packer.add(tree);
  return packer.packed();
};

/** The single trees, without a copy. Null where sizes do not agree, a feature is not one of p, or a child does not stand after its parent. */
export function unpackTrees({ sizes, feature, number, left }: PackedTrees, p: number): PackedTree[] | null {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (feature.length !== total || number.length !== total || left.length !== total) return null;
  const trees: PackedTree[] = [];
  let at = 0;
  for (const size of sizes) {
    if (!(Number.isInteger(size) && size >= 1)) return null;
    const part = (block: Float64Array) => block.subarray(at, at + size);
    const tree = { feature: part(feature), number: part(number), left: part(left) };
    for (let node = 0; node < size; node++) {
      const f = tree.feature[node];
      if (f === -1) continue;
      if (!(Number.isInteger(f) && f >= 0 && f < p) || !Number.isInteger(tree.left[node]) || tree.left[node] <= node || tree.left[node] + 1 >= size) return null;
    }
    trees.push(tree);
    at += size;
  }
  return trees;
}
