import { methodErrors, type ErrorCode, type Refusal, type Value } from '@consilium/protocol';
import type { Basis, Disclosure, DisclosureLimits, Suppressed } from './disclosure.js';
import type { CutsByOrder, ShownCuts } from './shown-cuts.js';
import type { SiteResult } from './site-step.js';
import type { Step, Sums } from './step.js';

/** What the gate lets pass, or why nothing leaves. */
export type GateOutcome<C extends Value> = { readonly contribution: C; /** Paths of figures that stand as suppressed; absent where none do. */ readonly suppressed?: readonly string[]; /** What the figures that are shown tell of the order of predictions. */ readonly cuts?: CutsByOrder } | { readonly refusal: Refusal };

/** A limit that something is below. */
export interface Breach {
  readonly code: ErrorCode;
  readonly rule: string;
  /** In words; the limit, never the figure that failed. */
  readonly reason: string;
}

/**
 * Holds a site half's result against the disclosure limits before anything leaves.
 *
 * A term of a sum or a model passes whole or is refused; a site without a single row adds zeros to a sum and may. In a per-site answer each figure named in `figures` is judged by its own basis and,
 * below a limit, replaced by { suppressed: { rule, reason } }; figures the step declares `together` fall together. What `figures` does
 * not name is judged by the basis of the whole answer, and refuses it. Only finite numbers pass, and into a
 * sum only such as can be added exactly. The path is the same under
 * every profile; under `open-data` the limits are zero and nothing is ever below them.
 *
 * Figures that part patients by predictions are also held against what was `shown` before, in this answer or an earlier one.
 *
 * A figure is named by its path, '/' between the parts: 'auc', or 'models/0/auc'. `together` names the last part.
 */
export function applyGate<C extends Value>(step: Step<Value, C>, result: SiteResult<C>, limits: DisclosureLimits, shown?: ShownCuts): GateOutcome<C> {
  const { contribution, basis, figures } = result;
  const unfit = step.kind === 'sum' ? unfitForSum(contribution as Sums) : allFinite(contribution) ? undefined : notFinite;
  if (unfit) return { refusal: refusal(step, unfit) };
  const breach = step.kind === 'sum' && basis.patients === 0 ? undefined : breachOf(step.disclosure, basis, limits);
  if (!figures || step.kind === 'sum' || step.disclosure.kind !== 'per-site') return breach ? { refusal: refusal(step, breach) } : { contribution };
  const breaches = new Map<string, Breach>();
  for (const [path, figureBasis] of Object.entries(figures)) {
    const figureBreach = breachOf(step.disclosure, figureBasis, limits) ?? shown?.breachOf(figureBasis);
    if (figureBreach) breaches.set(path, figureBreach);
  }
  if (breach && !covers(contribution, '', new Set(Object.keys(figures)))) return { refusal: refusal(step, breach) };
  spreadTogether(breaches, Object.keys(figures), step.disclosure.together ?? []);
  const suppressed = [...breaches.keys()].sort();
  const cuts = shown?.of(Object.entries(figures).flatMap(([path, one]) => (breaches.has(path) ? [] : [one])));
  return { contribution: suppress(contribution, '', breaches) as C, ...(suppressed.length > 0 ? { suppressed } : {}), ...(cuts && cuts.size > 0 ? { cuts } : {}) };
}

/** The first limit the basis is below, in the order patients, classes, cells, parameters. */
function breachOf({ limits: applied }: Disclosure, basis: Basis, limits: DisclosureLimits): Breach | undefined {
  const { minimumPatients, minimumPerClass, minimumCell, minimumBin, minimumLeaf, parametersPerPatient } = limits;
  if (applied.includes('patients') && basis.patients < minimumPatients) {
    return { code: methodErrors.tooFewPatients, rule: 'minimum-patients', reason: `Fewer than ${minimumPatients} patients` };
  }
  const classes = [basis.events, basis.nonEvents].filter((count) => count !== undefined);
  const perClass = applied.includes('twice-per-class') ? 2 * minimumPerClass : applied.includes('per-class') ? minimumPerClass : 0;
  if (classes.some((count) => count < perClass)) {
    return { code: methodErrors.tooFewPerClass, rule: 'minimum-per-class', reason: `Fewer than ${perClass} in one outcome class` };
  }
  if (applied.includes('cells') && (basis.cells ?? []).some((count) => count > 0 && count < minimumCell)) {
    return { code: methodErrors.smallCell, rule: 'minimum-cell', reason: `A count between 1 and ${minimumCell - 1}` };
  }
  if (applied.includes('cells') && (basis.bins ?? []).some((count) => count > 0 && count < minimumBin)) {
    return { code: methodErrors.smallCell, rule: 'minimum-bin', reason: `A bin of 1 to ${minimumBin - 1} patients` };
  }
  if (applied.includes('cells') && (basis.leaves ?? []).some((count) => count > 0 && count < minimumLeaf)) {
    return { code: methodErrors.smallCell, rule: 'minimum-leaf', reason: `A leaf of 1 to ${minimumLeaf - 1} patients` };
  }
  if (applied.includes('cells') && minimumCell > 1 && (basis.carriers ?? []).some((count) => count < FEWEST_CARRIERS)) {
    return { code: methodErrors.dominated, rule: 'dominance', reason: 'A model leaves nearly all of its residuals to a single patient' };
  }
  const { parameters } = basis;
  if (applied.includes('parameters') && parameters !== undefined && parametersPerPatient > 0 && parameters > parametersPerPatient * basis.patients) {
    return { code: methodErrors.tooManyParameters, rule: 'parameters-per-patient', reason: `More than ${parametersPerPatient} parameters a patient` };
  }
  return undefined;
}

/** A good model leaves its residuals to few patients, and a gradient of five is what many honest fits end with; of one it is that patient's row. */
const FEWEST_CARRIERS = 2;

const notFinite: Breach = { code: methodErrors.notFinite, rule: 'finite-values', reason: 'A figure is not a finite number' };

/** A sum is exact below 2^62 / sites. Held to it for 64 sites, so that a site learns it before it sends; larger federations hold their own. */
const SUM_BOUND = 2 ** 56;
const tooLarge: Breach = { code: methodErrors.sumRange, rule: 'exact-sum', reason: 'A number is too large to be added exactly' };

function unfitForSum(sums: Sums): Breach | undefined {
  if (allBelow(sums, SUM_BOUND)) return undefined;
  return allFinite(sums) ? tooLarge : notFinite;
}

function allBelow(sums: Sums, bound: number): boolean {
  for (const block of Object.values(sums)) for (let i = 0; i < block.length; i++) if (!(Math.abs(block[i]!) < bound)) return false;
  return true;
}

/** The refusal of a whole answer. */
export const refusal = (step: Pick<Step, 'name'>, { code, rule, reason }: Breach): Refusal => ({
  code: code.code,
  rule,
  sentence: `Nothing was sent for ${step.name}. ${reason} (rule ${rule}). ${code.help}`,
});

/** Each group's figures beside one another, within one parent, fall together; a figure of two groups carries it from one to the other. */
function spreadTogether(breaches: Map<string, Breach>, figures: readonly string[], groups: readonly (readonly string[])[]): void {
  for (let size = -1; size !== breaches.size; ) {
    size = breaches.size;
    for (const [path, { code, rule }] of [...breaches]) {
      const { parent, name } = split(path);
      const companions = groups.filter((group) => group.includes(name)).flat();
      for (const other of figures) {
        const place = split(other);
        if (breaches.has(other) || place.parent !== parent || !companions.includes(place.name)) continue;
        breaches.set(other, { code, rule, reason: `It would give back ${name}, which is suppressed` });
      }
    }
  }
}

function split(path: string): { parent: string; name: string } {
  const end = path.lastIndexOf('/');
  return { parent: path.slice(0, Math.max(end, 0)), name: path.slice(end + 1) };
}

const isBranch = (value: Value | undefined): value is readonly Value[] | { readonly [key: string]: Value | undefined } =>
  typeof value === 'object' && value !== null && !(value instanceof Float64Array);

const join = (path: string, key: string) => (path === '' ? key : `${path}/${key}`);

/** Whether every part of the answer is a named figure. */
function covers(value: Value | undefined, path: string, figures: ReadonlySet<string>): boolean {
  if (value === undefined || figures.has(path)) return true;
  if (!isBranch(value)) return false;
  return Object.entries(value).every(([key, item]) => covers(item, join(path, key), figures));
}

function suppress(value: Value | undefined, path: string, breaches: ReadonlyMap<string, Breach>): Value | undefined {
  const breach = breaches.get(path);
  if (breach) {
    const { rule, reason } = breach;
    const replacement: Suppressed = { suppressed: { rule, reason } };
    return { suppressed: { ...replacement.suppressed } };
  }
  if (!isBranch(value)) return value;
  if (Array.isArray(value)) return value.map((item, index) => suppress(item as Value, join(path, String(index)), breaches) as Value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, suppress(item as Value, join(path, key), breaches)]));
}

function allFinite(value: Value | undefined): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value instanceof Float64Array) {
    for (let i = 0; i < value.length; i++) if (!Number.isFinite(value[i])) return false;
    return true;
  }
  return !isBranch(value) || Object.values(value).every((item) => allFinite(item as Value));
}
