import type { Tree, TreesArtefact } from '@consilium/learning';
import type { Value } from '@consilium/protocol';

/** A model of trees for a reader: every node by its feature and threshold, leaves by their value. */
export const treesJson = ({ features, ensembles }: TreesArtefact): Value => ({
  features: [...features],
  ensembles: ensembles.map(({ trees, ...rest }) => ({ ...rest, trees: trees.map((tree) => nodesOf(tree, features)) })),
});

const nodesOf = ({ feature, threshold, left, right, value, cover }: Tree, features: readonly string[]): Value =>
  Array.from(feature, (f, node) =>
    f < 0 ? { value: value[node]!, cover: cover[node]! } : { feature: features[f]!, below: threshold[node]!, left: left[node]!, right: right[node]!, cover: cover[node]! },
  );
