import { decodeText, readCells } from '@consilium/tables';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import type { ImageSettings } from '../settings/agent-settings.js';

/** An image and the mask drawn on it. */
export interface ImageCase {
  readonly image: string;
  readonly mask: string;
  /** Label of the region, where the manifest says it; else the settings of the plan do. */
  readonly label: number | null;
  /** Which series of a folder of several was chosen at this site; the only one of several slices when absent. */
  readonly series?: string;
  /** Protocols that are this sequence at this site: of several series of a folder, the only one with one of them. */
  readonly protocols?: readonly string[];
  /** Whether `series` was found by a protocol. */
  readonly remembered?: true;
}

/** Why a patient has no case of a sequence. */
export type NoCase = 'no-image' | 'no-mask' | 'outside-folder';

/** Where a site's images are. Paths stay at the site. */
export interface ImageSource {
  find(patient: string, sequence: string): ImageCase | NoCase;
  /** Names of sequences that some patient has. */
  sequences(): readonly string[];
  /** Trouble that concerns the source as a whole, in sentences for people at the site. */
  readonly problems: readonly string[];
}

/** The source that agent.json names; relative paths start at the site folder. */
export function openImageSource(folder: string, settings: ImageSettings): ImageSource {
  return settings.kind === 'folders' ? new FolderSource(resolve(folder, settings.root), settings) : readManifest(resolve(folder, settings.file));
}

/** Of a file that the pattern names without its ending; a folder is a DICOM series. */
const ENDINGS = ['', '.nii.gz', '.nii', '.nrrd', '.mha', '.mhd', '.dcm'];

type FolderSettings = Extract<ImageSettings, { kind: 'folders' }>;

class FolderSource implements ImageSource {
  readonly problems: readonly string[];

  constructor(
    private readonly root: string,
    private readonly patterns: Pick<FolderSettings, 'image' | 'mask'>,
  ) {
    this.problems = existsSync(root) ? [] : ['The image folder that agent.json names is not there.'];
  }

  find(patient: string, sequence: string): ImageCase | NoCase {
    const image = this.locate(this.patterns.image, patient, sequence);
    if (image === null) return 'no-image';
    const mask = this.locate(this.patterns.mask, patient, sequence);
    if (mask === null) return 'no-mask';
    return [image, mask].every((path) => isInside(this.root, path)) ? { image, mask, label: null } : 'outside-folder';
  }

  sequences(): readonly string[] {
    const found = new Set<string>();
    collect(this.root, this.patterns.image.split('/'), (name) => found.add(name));
    return [...found].sort();
  }

  private locate(pattern: string, patient: string, sequence: string): string | null {
    const path = join(this.root, pattern.replaceAll('{patient}', () => patient).replaceAll('{sequence}', () => sequence));
    return ENDINGS.map((ending) => `${path}${ending}`).find((candidate) => existsSync(candidate)) ?? null;
  }
}

/** A link out of the folder would let a file name decide what is read. */
function isInside(root: string, path: string): boolean {
  return realpathSync(path).startsWith(`${realpathSync(root)}${sep}`);
}

/** Names that stand for {sequence} where files follow the pattern. */
function collect(folder: string, [part, ...rest]: readonly string[], found: (sequence: string) => void): void {
  if (part === undefined || !existsSync(folder) || !statSync(folder).isDirectory()) return;
  const shape = new RegExp(`^${part.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace('{patient}', '.+?').replace('{sequence}', '(?<sequence>[A-Za-z0-9][A-Za-z0-9_-]*?)')}${rest.length === 0 ? '(\\.[a-z.]+)?' : ''}$`);
  for (const name of readdirSync(folder)) {
    const match = shape.exec(name);
    if (!match) continue;
    if (match.groups?.['sequence'] !== undefined) found(match.groups['sequence']);
    else collect(join(folder, name), rest, found);
  }
}

const COLUMNS = ['patient', 'sequence', 'image', 'mask'] as const;

/** A CSV file patient,sequence,image,mask and, where masks have several, label. Paths start at the manifest's folder. */
function readManifest(file: string): ImageSource {
  const cases = new Map<string, ImageCase>();
  const problems: string[] = [];
  const text = existsSync(file) ? decodeText(readFileSync(file))?.text : undefined;
  if (text === undefined) return new ManifestSource(cases, ['The manifest of images that agent.json names cannot be read.']);
  const { header, cells, lines } = readCells(text);
  const places = new Map(header.map((name, j) => [name.toLowerCase(), cells[j]!]));
  const absent = COLUMNS.filter((name) => !places.has(name));
  if (absent.length > 0) return new ManifestSource(cases, [`The manifest of images lacks the column ${absent.join(', ')}.`]);
  for (let row = 0; row < lines.length; row++) {
    const [patient, sequence, image, mask] = COLUMNS.map((name) => places.get(name)![row]!) as [string, string, string, string];
    const label = places.get('label')?.[row] ?? '';
    if (label !== '' && !/^[1-9]\d{0,4}$/.test(label)) problems.push(`Line ${lines[row]} of the manifest has a label that is not a whole number above 0.`);
    else if (cases.has(keyOf(patient, sequence))) problems.push(`Line ${lines[row]} of the manifest names a patient and sequence that stand there before.`);
    else cases.set(keyOf(patient, sequence), { image: resolve(dirname(file), image), mask: resolve(dirname(file), mask), label: label === '' ? null : Number(label) });
  }
  return new ManifestSource(cases, problems);
}

class ManifestSource implements ImageSource {
  constructor(
    private readonly cases: ReadonlyMap<string, ImageCase>,
    readonly problems: readonly string[],
  ) {}

  find(patient: string, sequence: string): ImageCase | NoCase {
    const found = this.cases.get(keyOf(patient, sequence));
    if (!found || !existsSync(found.image)) return 'no-image';
    return existsSync(found.mask) ? found : 'no-mask';
  }

  sequences(): readonly string[] {
    return [...new Set([...this.cases.keys()].map((key) => JSON.parse(key) as [string, string]).map(([, sequence]) => sequence))].sort();
  }
}

const keyOf = (patient: string, sequence: string): string => JSON.stringify([patient, sequence]);
