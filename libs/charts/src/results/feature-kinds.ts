import type { FigureTable, Finding } from '../figure.js';
import { words } from '../figure.js';
import { barsFigure } from '../figures/bars.js';
import { count, percent, plain, plural } from '../numbers.js';
import { isValue } from './results-file.js';
import { factsOf, trainedModels, type RunContext } from './run-context.js';
import { selectionsOf } from './selection-figures.js';

const classes: Readonly<Record<string, string>> = { firstorder: 'First-order', shape: 'Shape', glcm: 'GLCM', glrlm: 'GLRLM', glszm: 'GLSZM', gldm: 'GLDM', ngtdm: 'NGTDM' };

/** Class and image type of a feature's name, `T1C:wavelet-LLH_glcm_Contrast`; null where it does not say them. */
function kindOf(feature: string): { readonly featureClass: string; readonly imageType: string } | null {
  const found = /^(?:[^:]*:)?(.+)_(firstorder|shape|glcm|glrlm|glszm|gldm|ngtdm)_[A-Za-z0-9]+$/.exec(feature);
  return found === null ? null : { imageType: found[1]!, featureClass: classes[found[2]!]! };
}

/** How many of the kept features are of each class, with their image types. */
export function featureKinds(context: RunContext, part?: string): Finding {
  const parts = selectionsOf(context);
  const found = part === undefined ? (parts.find((one) => one.part === '') ?? parts.at(-1)) : parts.find((one) => one.part === part);
  if (found === undefined || !isValue(found.selection) || found.selection.selected === null) return { absent: 'No features were kept by a selection.' };
  const kinds = found.selection.selected.flatMap((feature) => kindOf(feature) ?? []);
  if (kinds.length === 0) return { absent: 'The names of the kept features do not say a class or an image type.' };
  const bars = Object.values(classes).flatMap((name) => {
    const own = kinds.filter(({ featureClass }) => featureClass === name);
    return own.length === 0 ? [] : [{ label: name, value: own.length, note: percent(own.length / kinds.length) }];
  });
  const types = new Set(kinds.map(({ imageType }) => imageType));
  return {
    figure: barsFigure({
      id: 'feature-classes',
      title: 'Kept features by class',
      reading: 'How many of the kept features are of each class.',
      answer: `${plural(kinds.length, 'kept feature')} of ${plural(bars.length, 'class', 'classes')} and ${plural(types.size, 'image type')}.`,
      legend: `Kept features by feature class${found.part === '' ? '' : ` (${found.part})`}; image types: ${[...types].join(', ')}.`,
      methods: 'Kept features were counted by feature class and image type.',
      rowsAre: 'Class',
      valueIs: 'Features',
      format: count,
      bars: bars.sort((a, b) => b.value - a.value),
      facts: factsOf(context, { sites: context.results.sites.length, patients: null, events: null, suppressed: 0 }),
    }),
  };
}

/** Settings that a plan gives to a model; what else stands beside a model in the results is what was found. */
const SETTINGS = ['penalty', 'scale', 'C', 'penalisedIntercept', 'gamma', 'components', 'bins', 'grid', 'patience', 'grow', 'weights', 'rule'] as const;

/** The settings of every model of the plan, and those that cross-validation chose. */
export function settingsTable(context: RunContext): FigureTable | string {
  const models = trainedModels(context);
  if (models.length === 0) return "No model is in this run's plan.";
  return {
    caption: 'Settings of the models',
    columns: [{ key: 'row', label: 'Model' }, { key: 'kind', label: 'Kind' }, { key: 'settings', label: 'Settings of the plan' }, { key: 'chosen', label: 'Chosen by cross-validation' }],
    rows: models.map((model) => {
      const own = model as unknown as Readonly<Record<string, unknown>>;
      const validated = own['crossValidation'] as { readonly chosen?: unknown } | null | undefined;
      return { row: words(model.name), kind: words(model.kind ?? 'logistic'), settings: words(SETTINGS.flatMap((name) => (own[name] === undefined || own[name] === null ? [] : [`${name}: ${said(own[name])}`])).join('; ') || '–'), chosen: words(validated?.chosen === undefined ? '–' : said(validated.chosen)) };
    }),
  };
}

/** A setting as people read it: `kind l2, C 1`; alternatives with "or". */
function said(value: unknown): string {
  if (typeof value === 'number') return plain(value);
  if (Array.isArray(value)) return value.map(said).join(' or ') || 'none';
  if (typeof value === 'object' && value !== null) return Object.entries(value).map(([name, inner]) => `${name} ${said(inner)}`).join(', ') || 'the defaults';
  return String(value);
}
