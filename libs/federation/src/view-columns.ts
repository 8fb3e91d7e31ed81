import { modelFeatures, parseModel, predictModel } from '@consilium/learning';
import { ConsiliumError, methodErrors, type Value } from '@consilium/protocol';
import { type FoldModelsArtefact, parseFoldModels, predictByFold } from './fold-models.js';
import type { SiteColumn, SiteTable } from './site-view.js';
import type { ViewSpec } from './view.js';

/** Published artefacts that a site has, by their sha256. */
export interface ArtefactSource {
  get(digest: string): Value | undefined;
}

/** The artefacts a view needs before it can be opened. */
export const artefactsOf = (spec: ViewSpec): readonly string[] => [...new Set((spec.derived ?? []).map(({ model }) => model))];

/**
 * Columns of a table as numbers, one a patient: a number column, the 0/1 indicator `column=level`, or a prediction of a published model.
 * Missing is NaN. What was read once is kept for the life of the reader, which is one opening of a view.
 */
export class ColumnReader {
  private readonly read = new Map<string, Float64Array>();
  private readonly scaled = new Map<string, Float64Array>();
  /** Predictions being computed, to stop models that need one another. */
  private readonly deriving = new Set<string>();
  /** Fold of each patient, -1 where none; set once the view has dealt them. Only models by fold read it. */
  folds: Int32Array | undefined;
  /** The patients whose mean and sd `ownScale` uses; set once the view knows them. */
  scaleRows: readonly number[] | undefined;

  constructor(
    private readonly table: SiteTable,
    private readonly spec: ViewSpec,
    private readonly artefacts: ArtefactSource,
  ) {}

  get rows(): number {
    return this.table.pseudonyms.length;
  }

  /** The column with missing values filled as the view says. */
  filled(name: string): Float64Array {
    const fill = this.spec.fill?.[name];
    const values = this.onOwnScale(name);
    return fill === undefined ? values : values.map((x) => (Number.isNaN(x) ? fill : x));
  }

  /** The column, on the site's own scale where the view asks for it; predictions stay probabilities. */
  private onOwnScale(name: string): Float64Array {
    const values = this.numbers(name);
    if (!this.scaleRows || this.spec.derived?.some((one) => one.name === name)) return values;
    let scaled = this.scaled.get(name);
    if (!scaled) this.scaled.set(name, (scaled = standardised(values, this.scaleRows)));
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
    if (!column) throw missing(name);
    return column;
  }

  private fromTable(name: string): Float64Array {
    const column = this.table.columns.get(name);
    if (column?.kind === 'number') return column.values;
    if (column) throw new ConsiliumError(methodErrors.numbersNeeded, `Column ${name} holds categories, and this step needs numbers. Nothing was computed.`);
    const sign = name.lastIndexOf('=');
    const base = sign > 0 ? this.table.columns.get(name.slice(0, sign)) : undefined;
    if (!base) throw missing(name);
    return indicator(base, name.slice(sign + 1));
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

  private prediction(derived: { readonly name: string; readonly model: string }): Float64Array {
    const { name } = derived;
    const artefact = this.artefacts.get(derived.model);
    if (artefact === undefined) throw new ConsiliumError(methodErrors.unknownArtefact, `The model of column ${name} is not at this site yet. Nothing was computed.`);
    const byFold = parseFoldModels(artefact);
    if (byFold) return this.crossFitted(name, byFold);
    const model = parseModel(artefact);
    if (!model) throw new ConsiliumError(methodErrors.requestShape, `The artefact of column ${name} is not a model this release can evaluate. Nothing was computed.`);
    const features = modelFeatures(model);
    const X = new Float64Array(this.rows * features.length);
    features.forEach((feature, j) => X.set(this.filled(feature), j * this.rows));
    return predictModel(model, X, this.rows);
  }

  private crossFitted(name: string, artefact: FoldModelsArtefact): Float64Array {
    if (!this.folds) throw new ConsiliumError(methodErrors.requestShape, `The models by fold of column ${name} need a view with folds. Nothing was computed.`);
    return predictByFold(artefact, (feature) => this.filled(feature), this.folds);
  }
}

/** (x - mean) / sd over the rows that have a value, sd with ddof 0; 0 where they are constant. NaN stays NaN. */
function standardised(values: Float64Array, rows: readonly number[]): Float64Array {
  const known = rows.map((row) => values[row]!).filter((x) => !Number.isNaN(x));
  const mean = known.reduce((sum, x) => sum + x, 0) / known.length;
  const sd = Math.sqrt(known.reduce((sum, x) => sum + (x - mean) ** 2, 0) / known.length);
  return values.map((x) => (Number.isNaN(x) ? NaN : sd > 0 ? (x - mean) / sd : 0));
}

function indicator(column: SiteColumn, level: string): Float64Array {
  if (column.kind === 'number') {
    const wanted = Number(level);
    return column.values.map((x) => (Number.isNaN(x) ? NaN : x === wanted ? 1 : 0));
  }
  const wanted = column.levels.indexOf(level);
  return Float64Array.from(column.codes, (code) => (code < 0 ? NaN : code === wanted ? 1 : 0));
}

const missing = (name: string) => new ConsiliumError(methodErrors.missingColumn, `The table has no column ${name}. Nothing was computed.`);
