import type { Federation, FoldSpec, HarmoniseSpec, RowCondition, ViewSpec } from '@consilium/federation';
import { Dependent } from './dependent.js';
import { agreementColumns } from '../plan/reader-agreement.js';
import { designColumns, isExtracted } from '../plan/resolve-plan.js';
import type { AnalysisPlan, RowSet } from '../plan/plan-schema.js';

/** Rows and sites of a part of the cohort. */
export interface Rows {
  readonly conditions: readonly RowCondition[];
  readonly sites: readonly string[];
}

const conditions = (list: readonly { column: string; oneOf: (string | number)[]; negate?: boolean | undefined }[]): RowCondition[] =>
  list.map(({ column, oneOf, negate }) => (negate === true ? { column, oneOf, negate } : { column, oneOf }));

/** The rows of a part of the cohort; 'all' are all rows the plan includes, at all its sites. */
export function rowsOf(plan: AnalysisPlan, part: RowSet): Rows {
  const include = conditions(plan.cohort.include);
  if (part === 'all') return { conditions: include, sites: plan.sites };
  const { where, sites } = part === 'training' ? plan.cohort.training : (plan.cohort.test ?? { where: [], sites: [] });
  return { conditions: [...include, ...conditions(where)], sites: sites ?? plan.sites };
}

/** The federation of the sites that hold these rows; a run may go on without some of them. */
export function sitesOf(federation: Federation, rows: Rows): Federation {
  const sites = rows.sites.filter((site) => federation.sites.includes(site));
  if (sites.length === 0) throw new Dependent('no-site', 'No site that holds these rows takes part.');
  return federation.restrict(sites);
}

/** The outcome as a view knows it: a column of 0 and 1, or the indicator of the event. */
export const outcomeOf = ({ outcome }: AnalysisPlan): string => (outcome.event === 1 ? outcome.column : `${outcome.column}=${outcome.event}`);

export function foldsOf(plan: AnalysisPlan): FoldSpec | undefined {
  if (plan.folds === null) return undefined;
  return 'column' in plan.folds ? { kind: 'column', column: plan.folds.column } : { kind: 'dealt', folds: plan.folds.dealt, seed: plan.seed };
}

export const foldCount = (plan: AnalysisPlan): number => (plan.folds === null ? 0 : 'column' in plan.folds ? plan.folds.count : plan.folds.dealt);

/** Folds of the plan's fold column; undefined where folds are dealt or there are none. */
export const foldColumnCount = (plan: AnalysisPlan): number | undefined => (plan.folds !== null && 'column' in plan.folds ? plan.folds.count : undefined);

export interface ViewParts {
  readonly rows: readonly RowCondition[];
  readonly features: readonly string[];
  /** Whether the view has the plan's folds; rows that are only evaluated may have none. */
  readonly folds?: boolean | undefined;
  /** Folds left out. */
  readonly without?: readonly number[] | undefined;
  readonly fill?: Readonly<Record<string, number>> | undefined;
  readonly derived?: NonNullable<ViewSpec['derived']> | readonly { readonly name: string; readonly model: string }[] | undefined;
  readonly harmonise?: HarmoniseSpec | undefined;
}

/** A view of some rows. Members that do nothing are left out, so that equal views have equal hashes. */
export function viewOf(plan: AnalysisPlan, parts: ViewParts): ViewSpec {
  const folds = parts.folds === false ? undefined : foldsOf(plan);
  const filled = Object.entries(parts.fill ?? {}).filter(([name]) => parts.features.includes(name) || (parts.derived?.length ?? 0) > 0 || parts.harmonise !== undefined);
  return {
    outcome: outcomeOf(plan),
    features: [...parts.features],
    rows: [...parts.rows],
    ...(folds === undefined ? {} : { folds }),
    ...(parts.without !== undefined && parts.without.length > 0 ? { foldRows: { folds: [...parts.without], inside: false } } : {}),
    ...(filled.length > 0 ? { fill: Object.fromEntries(filled) } : {}),
    ...(parts.derived !== undefined && parts.derived.length > 0 ? { derived: parts.derived.map((one) => ({ ...one })) } : {}),
    ...(parts.harmonise === undefined ? {} : { harmonise: parts.harmonise }),
    ...(plan.pipeline ? { together: plan.pipeline.sequences.map(({ match }) => match) } : {}),
    ...(plan.permutation === undefined ? {} : { permute: { seed: plan.permutation, rows: [...rowsOf(plan, 'training').conditions] } }),
    ...(plan.intensityScale === undefined ? {} : { intensityScale: plan.intensityScale }),
    ...(plan.ownSiteScale ? { ownScale: { rows: [...rowsOf(plan, 'training').conditions] } } : {}),
  };
}

export const clinicalDesign = (plan: AnalysisPlan): string[] => plan.clinical.flatMap(designColumns);

/** Columns of a site's table that the plan reads, without those that extraction makes. */
export function planColumns(plan: AnalysisPlan): string[] {
  const inputs = plan.models.flatMap((model) => model.inputs.flatMap((input) => (typeof input === 'object' && 'columns' in input ? input.columns : [])));
  const where = [...plan.cohort.include, ...plan.cohort.training.where, ...(plan.cohort.test?.where ?? [])].map(({ column }) => column);
  const folds = plan.folds !== null && 'column' in plan.folds ? [plan.folds.column] : [];
  const named = [plan.outcome.column, ...where, ...folds, ...(plan.features?.columns ?? []), ...plan.clinical.map(({ column }) => column), ...[plan.pipeline?.volume, plan.pipeline?.vendor].flatMap((name) => name ?? []), ...inputs, ...(plan.describe.columns ?? []), ...(plan.describe.agreement ? agreementColumns(plan.describe.agreement) : []), ...[...(plan.privacy?.counts ?? []), ...(plan.privacy?.logistic?.features ?? [])].map(({ column }) => column), ...plan.evaluate.subgroups.map(({ column }) => column), ...(plan.harmonise?.batch ? [plan.harmonise.batch] : [])];
  return [...new Set(named.map((name) => name.split('=')[0]!))].filter((name) => !isExtracted(plan, name));
}
