import { evaluated, isValue, type ModelResult, type RowsResult, type RunContext } from '@consilium/charts';

/** A model on the patients of one hospital, or of all. */
export interface Place {
  /** `test rows, hospital A, combined` */
  readonly where: string;
  readonly figures: ModelResult;
  readonly counts: { readonly events: number; readonly nonEvents: number } | null;
}

export interface ValidationOfRun {
  readonly id: string;
  readonly name: string;
  readonly rows: RowsResult;
}

/** Validations of a run that have results, hospitals left out among them. */
export function validations(context: RunContext): readonly ValidationOfRun[] {
  const evaluate = evaluated(context);
  if (evaluate === null) return [];
  const rows = Object.entries(evaluate.rows).flatMap(([id, result]) => (isValue(result) ? [{ id, name: `${id} rows`, rows: result }] : []));
  const left = evaluate.leaveOneSiteOut;
  return [...rows, ...(isValue(left) ? [{ id: 'leave-one-site-out', name: 'hospitals left out', rows: left as RowsResult }] : [])];
}

export const sitePlaces = ({ name, rows }: ValidationOfRun): readonly Place[] =>
  rows.sites.flatMap(({ site, classes, models }) => models.map((figures) => ({ where: `${name}, hospital ${site}, ${figures.model}`, figures, counts: isValue(classes) ? classes : null })));

export function pooledPlaces({ name, rows }: ValidationOfRun): readonly Place[] {
  const { pooled } = rows;
  if (pooled === undefined) return [];
  const counts = isValue(pooled.patients) && isValue(pooled.events) ? { events: pooled.events, nonEvents: pooled.patients - pooled.events } : null;
  return pooled.models.map((figures) => ({ where: `${name}, all hospitals, ${figures.model}`, figures, counts }));
}

export const allPlaces = (context: RunContext): readonly Place[] => validations(context).flatMap((one) => [...sitePlaces(one), ...pooledPlaces(one)]);
