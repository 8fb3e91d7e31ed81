import { type Federation, matchesPattern } from '@consilium/federation';
import type { AnalysisPlan } from '../../plan/plan-schema.js';
import { required } from '../dependent.js';
import { figureOf } from '../figure-of.js';
import { foldsKey } from '../fit-schedule.js';
import { type MissingRequest, missingValues, type MissingValues } from '../missing-values.js';
import { type Figure, isSuppressed } from '../run-results.js';
import type { Scope } from '../selection.js';
import { type Harmonisation, harmoniseScope } from '../harmonise-scope.js';
import { clinicalDesign, foldCount, type Rows } from '../views.js';

/** What has missing values of its own: a sequence's features among its patients, the clinical variables, the volume. */
type Group = Omit<MissingRequest, 'rows' | 'without'> & { readonly name: string };

export const CLINICAL = 'clinical-only';
export const VOLUME = 'volume-only';

/** Sets of left-out folds: none; each fold; each pair. In the order in which they are fitted and shown. */
export interface FoldSets {
  readonly none: readonly number[];
  readonly single: readonly (readonly number[])[];
  readonly pairs: readonly (readonly number[])[];
}

export function foldSets(plan: AnalysisPlan): FoldSets {
  const folds = Array.from({ length: foldCount(plan) }, (_, k) => k);
  return { none: [], single: folds.map((k) => [k]), pairs: folds.flatMap((j) => folds.slice(j + 1).map((k) => [j, k])) };
}

/** Columns of each sequence, in the order of the candidates. */
export const sequenceColumns = (plan: AnalysisPlan): Map<string, string[]> =>
  new Map(plan.pipeline!.sequences.map(({ name, match }) => [name, (plan.features?.columns ?? []).filter((column) => matchesPattern(match, column))]));

/** The rows of every scope of a pipeline with the values that stand for missing ones, each fitted on the scope's own rows. */
export class PipelineScopes {
  private readonly missing = new Map<string, Figure<MissingValues>>();
  private readonly groups: readonly Group[];
  /** By left-out folds; empty where the plan does not harmonise. */
  private readonly harmonisations = new Map<string, Figure<Harmonisation | null>>();

  private constructor(
    plan: AnalysisPlan,
    private readonly rows: Rows,
  ) {
    const none = { features: [], named: [], clinical: [] };
    const { volume } = plan.pipeline!;
    this.groups = [
      ...[...sequenceColumns(plan)].map(([name, features]) => ({ ...none, name, features, among: features[0] })),
      ...(plan.clinical.length > 0 ? [{ ...none, name: CLINICAL, clinical: clinicalDesign(plan) }] : []),
      ...(volume === null ? [] : [{ ...none, name: VOLUME, named: [volume] }]),
    ];
  }

  /** Columns without gaps among all rows have none among fewer, so most plans ask one round. */
  static async open(federation: Federation, plan: AnalysisPlan, rows: Rows, sets: readonly (readonly number[])[]): Promise<PipelineScopes> {
    const scopes = new PipelineScopes(plan, rows);
    const fit = (items: readonly { readonly group: Group; readonly without: readonly number[] }[]) =>
      federation.inParallel(
        items.map(({ group, without }) => async (branch: Federation) => {
          scopes.missing.set(keyOf(group.name, without), await figureOf(() => missingValues(branch, plan, { ...group, rows, without })));
        }),
      );
    await fit(scopes.groups.map((group) => ({ group, without: [] })));
    const later = scopes.groups.flatMap((group) => {
      const all = scopes.missing.get(keyOf(group.name, []))!;
      const gaps = new Set(isSuppressed(all) ? [] : all.incomplete);
      const among = (names: readonly string[]): string[] => names.filter((name) => gaps.has(name));
      const own = { ...group, features: among(group.features), named: among(group.named), clinical: among(group.clinical) };
      const others = sets.filter((without) => without.length > 0);
      if (isSuppressed(all) || gaps.size === 0) for (const without of others) scopes.missing.set(keyOf(group.name, without), all);
      return isSuppressed(all) || gaps.size === 0 ? [] : others.map((without) => ({ group: own, without }));
    });
    await fit(later);
    if (plan.harmonise) await scopes.harmonise(federation, plan, [[], ...sets]);
    return scopes;
  }

  /** Every scope has a harmonisation of its own over the features of all sequences, so that no fold sees what was left out of it. */
  private async harmonise(federation: Federation, plan: AnalysisPlan, sets: readonly (readonly number[])[]): Promise<void> {
    const distinct = new Map(sets.map((without) => [foldsKey(without), without]));
    await federation.inParallel(
      [...distinct].map(([key, without]) => async (branch: Federation) => {
        const columns = this.groups.flatMap(({ name, features }) => {
          const missing = this.missing.get(keyOf(name, without))!;
          const dropped = new Set(isSuppressed(missing) ? features : missing.dropped.map(({ feature }) => feature));
          return features.filter((feature) => !dropped.has(feature));
        });
        this.harmonisations.set(key, await figureOf(() => harmoniseScope(branch, plan, this.filled(without), columns)));
      }),
    );
  }

  /** How the columns of a scope are harmonised; null where the plan does not. Throws what figureOf catches where they could not be. */
  harmonisation(without: readonly number[]): Harmonisation | null {
    return required(this.harmonisations.get(foldsKey(without)) ?? null);
  }

  /** Throws what figureOf catches where the scope has none. */
  of(group: string, without: readonly number[]): Scope {
    return { rows: this.rows, without, missing: required(this.missing.get(keyOf(group, without))!), ...this.harmonised(without) };
  }

  /** All columns of a scope, whatever group they belong to; what a group could not tell is not filled. */
  all(without: readonly number[]): Scope {
    return { ...this.filled(without), ...this.harmonised(without) };
  }

  private harmonised(without: readonly number[]): Pick<Scope, 'harmonisation'> {
    const harmonisation = this.harmonisation(without);
    return harmonisation === null ? {} : { harmonisation };
  }

  /** The same before harmonisation. */
  filled(without: readonly number[]): Scope {
    const parts = this.groups.flatMap(({ name }) => {
      const missing = this.missing.get(keyOf(name, without))!;
      return isSuppressed(missing) ? [] : [missing];
    });
    return { rows: this.rows, without, missing: { fill: Object.assign({}, ...parts.map(({ fill }) => fill)) as Record<string, number>, dropped: [], incomplete: [] } };
  }
}

const keyOf = (group: string, without: readonly number[]): string => `${group}/${foldsKey(without)}`;
