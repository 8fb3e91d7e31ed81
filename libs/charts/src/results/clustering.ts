import type { ClusterMerge } from '../figures/matrix.js';

/**
 * Average-linkage clustering of a symmetric matrix of distances (Sokal and Michener 1958): again and again the two closest clusters are joined, and
 * the distance of the new one to another is the mean over their members. Ties go to the pair that stands first. `merges` index the rows in `order`
 * (0 to n − 1), then earlier merges (n, n + 1, …). O(n³) for the tens of features a plot can show.
 */
export function clustered(distances: readonly (readonly number[])[]): { readonly order: readonly number[]; readonly merges: readonly ClusterMerge[] } {
  interface Cluster {
    readonly id: number;
    readonly members: readonly number[];
  }
  const n = distances.length;
  let clusters: Cluster[] = distances.map((_, i) => ({ id: i, members: [i] }));
  const made: ClusterMerge[] = [];
  const between = (a: Cluster, b: Cluster): number => a.members.reduce((sum, i) => sum + b.members.reduce((inner, j) => inner + distances[i]![j]!, 0), 0) / (a.members.length * b.members.length);
  while (clusters.length > 1) {
    let best = { a: 0, b: 1, height: Infinity };
    for (let a = 0; a < clusters.length; a++)
      for (let b = a + 1; b < clusters.length; b++) {
        const height = between(clusters[a]!, clusters[b]!);
        if (height < best.height - 1e-12) best = { a, b, height };
      }
    const [left, right] = [clusters[best.a]!, clusters[best.b]!];
    made.push({ left: left.id, right: right.id, height: best.height });
    const joined = { id: n + made.length - 1, members: [...left.members, ...right.members] };
    clusters = [...clusters.slice(0, best.a), joined, ...clusters.slice(best.a + 1, best.b), ...clusters.slice(best.b + 1)];
  }
  const order = clusters[0]?.members ?? [];
  const place = new Map(order.map((row, i) => [row, i]));
  return { order, merges: made.map(({ left, right, height }) => ({ left: place.get(left) ?? left, right: place.get(right) ?? right, height })) };
}
