import { say } from '@consilium/charts';
import { parse } from 'yaml';
import type { ReportPlan } from '../plan-view.js';

/** A pyradiomics parameter file as the plan holds it, for one sequence. */
export interface SequenceSettings {
  readonly sequence: string;
  readonly setting: Readonly<Record<string, unknown>>;
  readonly imageTypes: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
  /** Null where all classes are on. */
  readonly featureClasses: readonly string[] | null;
}

/** What holds where a parameter file is silent; as in pyradiomics. */
const DEFAULTS: Readonly<Record<string, unknown>> = { binWidth: 25, interpolator: 'sitkBSpline', normalize: false, padDistance: 5, force2D: false, distances: [1], symmetricalGLCM: true, weightingNorm: null, gldm_a: 0, resampledPixelSpacing: null, resegmentRange: null, correctMask: false, minimumROIDimensions: 2 };

export function settingsOf(plan: ReportPlan | null): readonly SequenceSettings[] {
  return (plan?.extract?.sequences ?? []).map(({ sequence, settings }) => {
    const read = (parse(settings) ?? {}) as { setting?: Record<string, unknown> | null; imageType?: Record<string, Record<string, unknown> | null> | null; featureClass?: Record<string, unknown> | null };
    return { sequence, setting: read.setting ?? {}, imageTypes: read.imageType ?? { Original: {} }, featureClasses: read.featureClass ? Object.keys(read.featureClass) : null };
  });
}

const text = (value: unknown): string => (value === null || value === undefined ? 'none' : Array.isArray(value) ? value.map(text).join(' × ') : typeof value === 'string' ? value : JSON.stringify(value));

/** One setting over all sequences: `25`, or `25 (T1, T2); 10 (ADC)` where they differ. */
export function settingText(settings: readonly SequenceSettings[], key: string): string {
  return grouped(settings, ({ setting }) => `${text(key in setting ? setting[key] : DEFAULTS[key])}${key in setting || !(key in DEFAULTS) ? '' : ' (default)'}`);
}

export const hasSetting = (settings: readonly SequenceSettings[], key: string): boolean => settings.some(({ setting }) => setting[key] !== undefined && setting[key] !== null && setting[key] !== false);

/** Whether any sequence computes features of a class: `glcm`. */
export const hasFeatureClass = (settings: readonly SequenceSettings[], name: string): boolean => settings.some(({ featureClasses }) => featureClasses === null || featureClasses.includes(name));

export const imageTypeText = (settings: readonly SequenceSettings[]): string =>
  grouped(settings, ({ imageTypes }) => say.list(Object.entries(imageTypes).map(([name, own]) => (own && Object.keys(own).length > 0 ? `${name} (${Object.entries(own).map(([key, value]) => `${key} ${text(value)}`).join(', ')})` : name))));

export const featureClassText = (settings: readonly SequenceSettings[]): string => grouped(settings, ({ featureClasses }) => (featureClasses === null ? 'all' : say.list(featureClasses)));

function grouped(settings: readonly SequenceSettings[], of: (one: SequenceSettings) => string): string {
  const byText = new Map<string, string[]>();
  for (const one of settings) byText.set(of(one), [...(byText.get(of(one)) ?? []), one.sequence]);
  return byText.size === 1 ? [...byText.keys()][0]! : [...byText].map(([value, names]) => `${value} (${names.join(', ')})`).join('; ');
}
