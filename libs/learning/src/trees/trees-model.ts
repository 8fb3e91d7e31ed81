import { sigmoid } from '@consilium/numerics';
import type { Value } from '@consilium/protocol';
import { hasOnly, isNames, isNumber, type ModelKind, type ModelRecord, recordOf } from '../model-kind.js';
import { addTree, type Tree, type TreeBlocks, treeMembers, treesFromBlocks, treesToBlocks } from './tree.js';

/**
 * A model of decision trees: the weighted mean of ensembles, of which there is one unless several hospitals' were merged.
 *
 *   P(y = 1 | x) = Σ_e weight_e · link_e(base_e + factor_e · Σ_t tree_et(x)),  Σ_e weight_e = 1
 *
 * with link 'logit' the logistic function of a sum of margins (boosting), 'identity' the sum itself (a forest: factor 1 / trees). A row that lacks one of
 * the features has no prediction.
 */
export interface TreesArtefact {
  readonly kind: 'trees';
  readonly features: readonly string[];
  readonly ensembles: readonly TreeEnsemble[];
}

export interface TreeEnsemble {
  readonly weight: number;
  readonly link: 'identity' | 'logit';
  readonly base: number;
  readonly factor: number;
  readonly trees: readonly Tree[];
}

/** Reads, writes and evaluates models of trees. Node members are written as blocks, and read from blocks or plain lists. */
export const treesKind: ModelKind<TreesArtefact> = {
  features: ({ features }) => features,
  value: ({ kind, features, ensembles }) => ({
    kind,
    features: [...features],
    ensembles: ensembles.map(({ trees, ...rest }) => ({ ...rest, ...treesToBlocks(trees) })),
  }),
  parse(record) {
    const { features, ensembles } = record;
    if (!hasOnly(record, ['kind', 'features', 'ensembles']) || !isNames(features) || !Array.isArray(ensembles) || ensembles.length === 0) return null;
    const parsed = (ensembles as readonly Value[]).map((one) => parseEnsemble(recordOf(one), features.length));
    const complete = parsed.filter((one) => one !== null);
    if (complete.length < parsed.length || Math.abs(complete.reduce((sum, { weight }) => sum + weight, 0) - 1) > 1e-9) return null;
    return { kind: 'trees', features, ensembles: complete };
  },
  predict: predictTrees,
};

function parseEnsemble(record: ModelRecord | null, p: number): TreeEnsemble | null {
  if (record === null || !hasOnly(record, ['weight', 'link', 'base', 'factor', 'sizes', ...treeMembers])) return null;
  const { weight, link, base, factor } = record;
  if (!isNumber(weight) || weight < 0 || !isNumber(base) || !isNumber(factor) || (link !== 'identity' && link !== 'logit')) return null;
  const blocks = Object.fromEntries(['sizes', ...treeMembers].map((member) => [member, blockOf(record[member])]));
  if (Object.values(blocks).some((block) => block === null)) return null;
  const trees = treesFromBlocks(blocks as unknown as TreeBlocks, p);
  return trees && { weight, link, base, factor, trees };
}

function blockOf(value: Value | undefined): Float64Array | null {
  if (value instanceof Float64Array) return value.every(Number.isFinite) ? value : null;
  return Array.isArray(value) && (value as readonly Value[]).every(isNumber) ? Float64Array.from(value as readonly number[]) : null;
}

/**
 * Probabilities of n rows; NaN where a row lacks a feature.
 *
 * @param X n × features, column by column
 */
export function predictTrees({ ensembles }: TreesArtefact, X: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n);
  for (const { weight, link, base, factor, trees } of ensembles) {
    const sums = new Float64Array(n).fill(base);
    for (const tree of trees) addTree(tree, { X, n, factor, sums });
    for (let i = 0; i < n; i++) result[i] += weight * (link === 'logit' ? sigmoid(sums[i]) : Math.min(1, Math.max(0, sums[i])));
  }
  for (let at = 0; at < X.length; at++) if (Number.isNaN(X[at])) result[at % n] = NaN;
  return result;
}
