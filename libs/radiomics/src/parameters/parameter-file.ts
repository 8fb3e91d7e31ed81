import { FEATURE_CLASSES, IMAGE_TYPES, type ExtractionSettings, type FeatureClass, type ImageTypeName } from '../settings.js';
import { FEATURE_NAMES, ONLY_WHEN_NAMED, WITHDRAWN } from './feature-names.js';
import { ParameterFileError, type Entry, type ParameterProblem } from './parameter-document.js';
import { readPlainDocument } from './plain-document.js';
import { readValue, type ParameterValue } from './read-value.js';
import { resolveSettings, type OwnSettings } from './resolve-settings.js';
import { readYamlDocument } from './yaml-document.js';
import { ONCE_FOR_ALL, SETTING_RULES, VOXEL_SETTING_RULES, type Rule } from './setting-rules.js';

export interface ParameterFile {
  readonly settings: ExtractionSettings;
  /** pyradiomics would attach provenance to the features. */
  readonly additionalInfo: boolean;
  /** Entries that pyradiomics accepts and that change nothing. */
  readonly warnings: readonly ParameterProblem[];
}

type Report = (problem: ParameterProblem) => void;

/**
 * The settings of a parameter file of pyradiomics 3.0.1, YAML or JSON, under its own schema: what it accepts and refuses is accepted and refused here, with its
 * defaults. An empty text gives the defaults: the original image, all classes.
 * Throws ParameterFileError with every problem, its path and line.
 */
export function parseParameterFile(text: string): ParameterFile {
  const root = readPlainDocument(text) ?? readYamlDocument(text);
  const problems: ParameterProblem[] = [];
  const warnings: ParameterProblem[] = [];
  const sections = new Map(mapEntries(root, (problem) => problems.push(problem)));
  for (const [name, entry] of sections) if (!SECTIONS.includes(name)) problems.push({ ...place(entry), sentence: unknown('section', name, SECTIONS) });
  const report: Report = (problem) => problems.push(problem);
  const general = readSettings(sections.get('setting'), SETTING_RULES, report);
  readSettings(sections.get('voxelSetting'), VOXEL_SETTING_RULES, report);
  if (sections.has('voxelSetting')) warnings.push({ ...place(sections.get('voxelSetting')!), sentence: 'Features of single voxels are not computed; this section changes nothing.' });
  const imageTypes = readImageTypes(sections.get('imageType'), report, (warning) => warnings.push(warning));
  const featureClasses = readFeatureClasses(sections.get('featureClass'), report, (warning) => warnings.push(warning));
  if (problems.length > 0) throw new ParameterFileError(problems.sort((a, b) => a.line - b.line));
  return { ...resolveSettings(general, imageTypes, featureClasses), warnings };
}

const SECTIONS = ['setting', 'voxelSetting', 'featureClass', 'imageType'];

const place = ({ path, line }: Entry) => ({ path, line });

function mapEntries(entry: Entry | undefined, report: Report): readonly (readonly [string, Entry])[] {
  if (!entry || entry.value.kind === 'null') return [];
  if (entry.value.kind === 'map') return entry.value.entries;
  report({ ...place(entry), sentence: 'Names with values are expected here, for example "binWidth: 25".' });
  return [];
}

function readSettings(section: Entry | undefined, rules: Readonly<Record<string, Rule>>, report: Report): OwnSettings {
  const found = new Map<string, ParameterValue>();
  for (const [name, entry] of mapEntries(section, report)) {
    if (!Object.hasOwn(rules, name)) report({ ...place(entry), sentence: unknown('setting', name, Object.keys(rules)) });
    else {
      const value = readValue(entry, rules[name], report);
      if (value !== undefined) found.set(name, value);
    }
  }
  return found;
}

const isImageType = (name: string): name is ImageTypeName => IMAGE_TYPES.some((known) => known === name);
const isFeatureClass = (name: string): name is FeatureClass => FEATURE_CLASSES.some((known) => known === name);

function readImageTypes(section: Entry | undefined, report: Report, warn: Report): (readonly [ImageTypeName, OwnSettings])[] {
  return mapEntries(section, report).flatMap(([name, entry]): (readonly [ImageTypeName, OwnSettings])[] => {
    if (!isImageType(name)) {
      report({ ...place(entry), sentence: unknown('image type', name, IMAGE_TYPES) });
      return [];
    }
    for (const [own, at] of mapEntries(entry, () => undefined)) if (ONCE_FOR_ALL.has(own)) warn({ ...place(at), sentence: 'This setting holds for all image types at once; here it changes nothing.' });
    return [[name, readSettings(entry, SETTING_RULES, report)]];
  });
}

function readFeatureClasses(section: Entry | undefined, report: Report, warn: Report): Map<FeatureClass, readonly string[] | null> {
  const wanted = new Map<FeatureClass, readonly string[] | null>();
  for (const [name, entry] of mapEntries(section, report)) {
    if (!isFeatureClass(name)) report({ ...place(entry), sentence: unknown('feature class', name, FEATURE_CLASSES) });
    else wanted.set(name, readFeatureNames(name, entry, report, warn));
  }
  return wanted;
}

function readFeatureNames(name: FeatureClass, { value, path, line }: Entry, report: Report, warn: Report): readonly string[] | null {
  if (value.kind === 'null' || (value.kind === 'list' && value.items.length === 0)) return null;
  if (value.kind !== 'list') {
    report({ path, line, sentence: 'A list of feature names is expected, or nothing for all.' });
    return null;
  }
  const known = [...FEATURE_NAMES[name], ...(ONLY_WHEN_NAMED[name] ?? [])];
  return value.items.flatMap((item) => {
    const feature = item.value.kind === 'scalar' ? String(item.value.value) : '';
    const instead = WITHDRAWN[name]?.[feature];
    if (instead !== undefined) warn({ ...place(item), sentence: `${feature} is withdrawn and gives no value; instead: ${instead}.` });
    else if (!known.includes(feature)) report({ ...place(item), sentence: unknown(`feature of ${name}`, feature, known) });
    return known.includes(feature) ? [feature] : [];
  });
}

/** "There is no setting binWith. Did you mean binWidth?" */
function unknown(kind: string, name: string, known: readonly string[]): string {
  const near = known.map((candidate) => [distance(name.toLowerCase(), candidate.toLowerCase()), candidate] as const).sort(([a], [b]) => a - b)[0];
  const hint = near && near[0] <= 3 ? ` Did you mean ${near[1]}?` : ` Known: ${known.join(', ')}.`;
  return `There is no ${kind} ${name}.${hint}`;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}
