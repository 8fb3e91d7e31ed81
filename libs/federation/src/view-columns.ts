import { ownScale, parseCombat } from '@consilium/harmonisation';
import { modelFeatures, parseModel, predictModel } from '@consilium/learning';
import { ConsiliumError, methodErrors, type Value } from '@consilium/protocol';
import { type FoldModelsArtefact, parseFoldModels, predictByFold } from './fold-models.js';
import { SiteHarmoniser } from './site-harmoniser.js';
import { matchesPattern, rowsLacking } from './sequence-columns.js';
import type { SiteColumn, SiteTable } from './site-view.js';
import type { HarmoniseSpec, ViewSpec } from './view.js';

/** What a site brings to a view beside its table. */
export interface ArtefactSource {
  /** Published artefacts that it has, by their sha256. */
  get(digest: string): Value | undefined;
  /** Its name in the study, for `@site=NAME` and for what only some sites do. */
  readonly site?: string;
}

/** The artefacts a view needs before it can be opened. */
export function artefactsOf({ derived = [], harmonise, intensityScale }: ViewSpec): readonly string[] {
  const byFold = derived.flatMap(({ harmoniseByFold = [] }) => harmoniseByFold.map((one) => one.harmonise.artefact));
  return [...new Set([...derived.map(({ model }) => model), ...byFold, ...(harmonise ? [harmonise.artefact] : []), ...(intensityScale === undefined ? [] : [intensityScale])])];
}

/** Before the name of a site in a column that tells whose patients these are. */
const SITE_COLUMN = '@site=';

/**
 * Columns of a table as numbers, one a patient: a number column, the 0/1 indicator `column=level`, or a prediction of a published model.
 * Missing is NaN. What was read once is kept for the life of the reader, which is one opening of a view.
 */
export class ColumnReader {
  private readonly read = new Map<string, Float64Array>();
  private readonly scaled = new Map<string, Float64Array>();
  private readonly harmonisers = new Map<string, SiteHarmoniser | null>();
  private readonly absent = new Map<string, Uint8Array>();
  /** Predictions being computed, to stop models that need one another. */
  private readonly deriving = new Set<string>();
  /** Fold of each patient, -1 where none; set once the view has dealt them. Only models by fold read it. */
  folds: Int32Array | undefined;
  /** The patients whose mean and sd `ownScale` uses; set once the view knows them. */
  scaleRows: readonly number[] | undefined;
  /** The patients from which batch effects are estimated; set by the view. */
  estimationRows: ((spec: HarmoniseSpec) => readonly number[]) | undefined;

  constructor(
    private readonly table: SiteTable,
    private readonly spec: ViewSpec,
    private readonly artefacts: ArtefactSource,
  ) {}

  get rows(): number {
    return this.table.pseudonyms.length;
  }

  /** The column as a step sees it: missing values filled, then harmonised, as the view says. */
  complete(name: string, harmonise = this.spec.harmonise): Float64Array {
    const harmoniser = harmonise === undefined ? null : this.harmoniser(harmonise);
    return harmoniser?.column(name) ?? this.filled(name);
  }

  /** The column with missing values filled as the view says. */
  filled(name: string): Float64Array {
    const fill = this.spec.fill?.[name];
    const values = this.onOwnScale(name);
    if (fill === undefined) return values;
    const lacking = this.lacking(name);
    return values.map((x, row) => (Number.isNaN(x) && lacking?.[row] !== 1 ? fill : x));
  }

  /** The patients who lack the whole sequence of a column: its values are not missing but were never made. */
  private lacking(name: string): Uint8Array | undefined {
    const pattern = this.spec.together?.find((one) => matchesPattern(one, name));
    if (pattern === undefined) return undefined;
    let rows = this.absent.get(pattern);
    if (!rows) this.absent.set(pattern, (rows = rowsLacking(this.table, pattern)));
    return rows;
  }

  /** Effects of the site's batches, estimated once an opening; null where the site is none of those that harmonise. */
  private harmoniser(spec: HarmoniseSpec): SiteHarmoniser | null {
    const key = JSON.stringify(spec);
    let known = this.harmonisers.get(key);
    if (known === undefined) this.harmonisers.set(key, (known = this.makeHarmoniser(spec)));
    return known;
  }

  private makeHarmoniser({ artefact: digest, sites, ...spec }: HarmoniseSpec): SiteHarmoniser | null {
    const { artefacts } = this;
    const { site } = artefacts;
    if (sites !== undefined && site === undefined) throw new ConsiliumError(methodErrors.requestShape, 'A view that names sites needs a site that knows its name. Nothing was computed.');
    const value = artefacts.get(digest);
    if (value === undefined) throw new ConsiliumError(methodErrors.unknownArtefact, 'The harmonisation of the view is not at this site yet. Nothing was computed.');
    const combat = parseCombat(value);
    if (combat === null) throw new ConsiliumError(methodErrors.requestShape, 'The harmonisation of the view is not one this release can apply. Nothing was computed.');
    if (sites !== undefined && !sites.includes(site!)) return null;
    const batch = combat.batch === null ? undefined : this.cells(combat.batch);
    return new SiteHarmoniser(combat, (name) => this.filled(name), { batch, total: this.rows, rows: this.estimationRows!({ artefact: digest, ...spec }) });
  }

  /** The column, on the site's own scale where the view asks for it; predictions stay probabilities, and what tells the site stays 0 or 1. */
  private onOwnScale(name: string): Float64Array {
    const values = this.numbers(name);
    if (!this.scaleRows || name.startsWith(SITE_COLUMN) || this.spec.derived?.some((one) => one.name === name)) return values;
    let scaled = this.scaled.get(name);
    if (!scaled) this.scaled.set(name, (scaled = ownScale(values, this.scaleRows)));
    return scaled;
  }

  /** The column as it is. */
  numbers(name: string): Float64Array {
    let values = this.read.get(name);
    if (!values) this.read.set(name, (values = this.derive(name) ?? this.fromTable(name)));
    return values;
  }

  /** The cells of a column of any kind. */
  cells(name: string): SiteColumn {
    const derived = this.derive(name);
    if (derived) return { kind: 'number', values: derived };
    const column = this.table.columns.get(name);
    if (column) return column;
    if (this.isLacked(name)) return { kind: 'number', values: this.nothing() };
    throw missing(name);
  }

  private fromTable(name: string): Float64Array {
    if (name.startsWith(SITE_COLUMN)) return this.siteIndicator(name.slice(SITE_COLUMN.length));
    const column = this.table.columns.get(name);
    if (column?.kind === 'number') return column.values;
    if (column) throw new ConsiliumError(methodErrors.numbersNeeded, `Column ${name} holds categories, and this step needs numbers. Nothing was computed.`);
    const sign = name.lastIndexOf('=');
    const base = sign > 0 ? this.table.columns.get(name.slice(0, sign)) : undefined;
    if (base) return indicator(base, name.slice(sign + 1));
    if (this.isLacked(name)) return this.nothing();
    throw missing(name);
  }

  private isLacked = (name: string): boolean => this.table.lacked?.some((beginning) => name.startsWith(beginning)) === true;

  private nothing = (): Float64Array => new Float64Array(this.rows).fill(NaN);

  private siteIndicator(name: string): Float64Array {
    const { site } = this.artefacts;
    if (site === undefined) throw new ConsiliumError(methodErrors.requestShape, 'The site does not know its name. Nothing was computed.');
    return new Float64Array(this.rows).fill(site === name ? 1 : 0);
  }

  private derive(name: string): Float64Array | undefined {
    const derived = this.spec.derived?.find((one) => one.name === name);
    if (!derived) return undefined;
    if (this.deriving.has(name)) throw new ConsiliumError(methodErrors.requestShape, `The model of column ${name} needs its own prediction. Nothing was computed.`);
    this.deriving.add(name);
    try {
      return this.prediction(derived);
    } finally {
      this.deriving.delete(name);
    }
  }

  private prediction(derived: NonNullable<ViewSpec['derived']>[number]): Float64Array {
    const { name } = derived;
    const artefact = this.artefacts.get(derived.model);
    if (artefact === undefined) throw new ConsiliumError(methodErrors.unknownArtefact, `The model of column ${name} is not at this site yet. Nothing was computed.`);
    const byFold = parseFoldModels(artefact);
    if (byFold) return this.crossFitted(derived, byFold);
    const model = parseModel(artefact);
    if (!model) throw new ConsiliumError(methodErrors.requestShape, `The artefact of column ${name} is not a model this release can evaluate. Nothing was computed.`);
    const features = modelFeatures(model);
    const X = new Float64Array(this.rows * features.length);
    features.forEach((feature, j) => X.set(this.complete(feature), j * this.rows));
    return predictModel(model, X, this.rows);
  }

  private crossFitted({ name, harmoniseByFold = [] }: NonNullable<ViewSpec['derived']>[number], artefact: FoldModelsArtefact): Float64Array {
    if (!this.folds) throw new ConsiliumError(methodErrors.requestShape, `The models by fold of column ${name} need a view with folds. Nothing was computed.`);
    const harmonise = new Map(harmoniseByFold.map((one) => [one.fold, one.harmonise]));
    return predictByFold(artefact, (feature, fold) => this.complete(feature, harmonise.get(fold)), this.folds);
  }
}

/** A column of a table as numbers, or the indicator `column=level`; refused as a view refuses it. */
export const columnNumbers = (table: SiteTable, name: string): Float64Array =>
  new ColumnReader(table, { outcome: name, features: [], rows: [] }, { get: () => undefined }).numbers(name);

function indicator(column: SiteColumn, level: string): Float64Array {
  if (column.kind === 'number') {
    const wanted = Number(level);
    return column.values.map((x) => (Number.isNaN(x) ? NaN : x === wanted ? 1 : 0));
  }
  const wanted = column.levels.indexOf(level);
  return Float64Array.from(column.codes, (code) => (code < 0 ? NaN : code === wanted ? 1 : 0));
}

const missing = (name: string) => new ConsiliumError(methodErrors.missingColumn, `The table has no column ${name}. Nothing was computed.`);
