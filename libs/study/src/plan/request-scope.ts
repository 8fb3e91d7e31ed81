import type { HarmoniseSpec, RowCondition, ViewSpec } from '@consilium/federation';
import { canonicalJson } from '../canonical-json.js';
import { foldsOf, outcomeOf, planColumns, rowsOf } from '../run/views.js';
import type { AnalysisPlan } from './plan-schema.js';
import { isExtracted } from './resolve-plan.js';
import { vendorLevels } from './plan-dictionary.js';

const SITE_COLUMN = '@site=';

/** The columns of a site's table that a plan lets a question read: its own, further readings of its features, and what it extracts. */
export function mayRead(plan: AnalysisPlan): (column: string) => boolean {
  const named = new Set(planColumns(plan));
  const agreements = [plan.select, plan.pipeline?.select, plan.pipeline?.fusion.select].flatMap((select) => select?.agreement ?? []);
  const suffixes = agreements.flatMap((agreement) => agreement.suffixes ?? []);
  const readings = agreements.flatMap((agreement) => agreement.sequences ?? []);
  return (column) => {
    const base = column.includes('=') ? column.slice(0, column.lastIndexOf('=')) : column;
    const known = (name: string) => named.has(name) || isExtracted(plan, name);
    return known(column) || known(base) || suffixes.some((suffix) => base.endsWith(suffix) && known(base.slice(0, -suffix.length))) || readings.some((one) => isReading(one, base, known));
  };
}

/** Whether a column is that of a known one in a further reading of its sequence. */
const isReading = ({ sequence, again }: { readonly sequence: string; readonly again: readonly string[] }, column: string, known: (name: string) => boolean): boolean =>
  again.some((name) => column.startsWith(`${name}_`) && known(`${sequence}${column.slice(name.length)}`));

/** What a plan lets questions name, found once: a site looks at it before every answer. */
interface Scope {
  readonly rowSets: ReadonlySet<string>;
  readonly training: string;
  readonly mayRead: (column: string) => boolean;
}

const scopes = new WeakMap<AnalysisPlan, Scope>();

function scopeOf(plan: AnalysisPlan): Scope {
  let scope = scopes.get(plan);
  if (!scope) {
    const conditions = (part: 'all' | 'training' | 'test') => canonicalJson(rowsOf(plan, part).conditions);
    scope = { rowSets: new Set([conditions('all'), conditions('training'), conditions('test'), ...vendorRows(plan)]), training: conditions('training'), mayRead: mayRead(plan) };
    scopes.set(plan, scope);
  }
  return scope;
}

/** The cohort's parts, the patients of one vendor's scanners alone: who they are is described where the plan names the column. */
function vendorRows(plan: AnalysisPlan): string[] {
  const column = plan.pipeline?.vendor ?? null;
  if (column === null) return [];
  return (vendorLevels(plan, column) ?? []).flatMap((level) => (['training', 'test'] as const).map((part) => canonicalJson([...rowsOf(plan, part).conditions, { column, oneOf: [level] }])));
}

/**
 * What a question names that the approved plan does not, in a few words; undefined where it keeps within it. A site holds every question to this before it computes: the rows are those of
 * the plan's training, test or whole cohort, the folds and permutations those that follow from its seed, the columns those it names. Which rows and columns a steward approved is then
 * what is asked, whoever asks.
 */
export function outsidePlan(plan: AnalysisPlan, view: ViewSpec): string | undefined {
  const isSite = (name: string) => name.startsWith(SITE_COLUMN) && plan.sites.includes(name.slice(SITE_COLUMN.length));
  const { rowSets, training, mayRead: allowed } = scopeOf(plan);
  const rowsAllowed = (rows: readonly RowCondition[]) => rowSets.has(canonicalJson(rows));
  const harmonised = (spec: HarmoniseSpec | undefined) => spec === undefined || rowsAllowed(spec.rows);
  // How well features tell the hospital is asked where they are harmonised, and of a pipeline's signature.
  if (view.outcome !== outcomeOf(plan) && !((plan.harmonise || plan.ownSiteScale || plan.pipeline) && isSite(view.outcome))) return 'another outcome';
  if (!rowsAllowed(view.rows)) return 'other rows than those of its cohort';
  if (!foldsAllowed(plan, view)) return 'other folds than its own';
  if (view.permute && !(canonicalJson(view.permute.rows) === training && numbered(view.permute.seed, `${plan.seed}/permutation-`, plan.pipeline?.permute ?? 0))) return 'a permutation that is not its own';
  if (view.intensityScale !== undefined && !plan.extract?.sequences.some(({ intensity }) => intensity === 'nyul')) return 'a scale of intensities';
  if (view.ownScale && canonicalJson(view.ownScale.rows) !== training) return 'a scale of other rows';
  if (!harmonised(view.harmonise) || (view.derived ?? []).some(({ harmoniseByFold = [] }) => harmoniseByFold.some(({ harmonise }) => !harmonised(harmonise)))) return 'a harmonisation of other rows';
  const derived = new Set((view.derived ?? []).map(({ name }) => name));
  const stranger = view.features.some((name) => !derived.has(name) && !isSite(name) && !allowed(name));
  return stranger ? 'a column that it does not name' : undefined;
}

/** Whether a question of a site is about the rows that the plan trains its models on there. */
export function asksTrainingRows(plan: AnalysisPlan, site: string, view: ViewSpec): boolean {
  return rowsOf(plan, 'training').sites.includes(site) && canonicalJson(view.rows) === scopeOf(plan).training;
}

/** Folds of the plan, dealt by its seed or by that of one of its repeats. */
function foldsAllowed(plan: AnalysisPlan, { folds }: ViewSpec): boolean {
  const own = foldsOf(plan);
  if (folds === undefined) return true;
  if (own === undefined || folds.kind !== own.kind) return false;
  if (folds.kind === 'column' || own.kind === 'column') return canonicalJson(folds) === canonicalJson(own);
  return folds.folds === own.folds && (folds.seed === own.seed || numbered(folds.seed, `${plan.seed}/repeat-`, plan.pipeline?.repeats ?? 1));
}

const numbered = (text: string, beginning: string, most: number): boolean => text.startsWith(beginning) && /^[1-9]\d{0,3}$/.test(text.slice(beginning.length)) && Number(text.slice(beginning.length)) <= most;
