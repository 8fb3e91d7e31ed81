import { hidden, numeric, words, type Cell, type FigureTable } from '../figure.js';
import { percent } from '../numbers.js';
import { isValue, whyNot, type IntensityResult, type Result, type SiteMomentsResult } from './results-file.js';
import { siteNumber, type RunContext } from './run-context.js';

const NO_SCALE = 'Intensities of images stay as they are in this plan.';

/** Of every sequence that is brought to a scale: where its images' intensities lay at each hospital before and after, and the share of their variance that the hospital explains. */
export function intensityTable(context: RunContext): FigureTable | string {
  const { extract } = context.results.stages;
  const sequences = isValue(extract) ? (extract.intensities ?? []) : [];
  if (sequences.length === 0) return NO_SCALE;
  return {
    caption: 'Intensities of training images before and after they were brought to a scale: quartiles of head or body, and the region',
    columns: [
      { key: 'row', label: 'Sequence' },
      { key: 'scale', label: 'Scale' },
      { key: 'figure', label: 'Figure' },
      { key: 'site', label: 'Hospital' },
      { key: 'before', label: 'Mean (SD) before', numeric: true },
      { key: 'after', label: 'Mean (SD) after', numeric: true },
      { key: 'r2before', label: 'R² of the hospital before', numeric: true },
      { key: 'r2after', label: 'R² after', numeric: true },
    ],
    rows: sequences.flatMap((one) => rowsOfSequence(context, one)),
  };
}

function rowsOfSequence(context: RunContext, { sequence, intensity, figures, before, after }: IntensityResult): FigureTable['rows'] {
  const known = isValue(before) ? before : isValue(after) ? after : null;
  const sites = known?.sites.map(({ site }) => site) ?? [];
  const explained = (result: Result<SiteMomentsResult>, j: number): Cell => (isValue(result) ? numeric(result.varianceExplainedBySite[j], (x) => percent(x)) : hidden(whyNot(result)!.reason));
  return figures.flatMap((figure, j) =>
    sites.map((site) => ({
      row: words(sequence),
      scale: words(intensity === 'nyul' ? 'landmarks (Nyúl)' : 'z-score'),
      figure: words(figure.replaceAll('-', ' ')),
      site: { ...words(site), site: siteNumber(context, site) },
      before: momentsOf(before, site, j),
      after: momentsOf(after, site, j),
      r2before: explained(before, j),
      r2after: explained(after, j),
    })),
  );
}

function momentsOf(result: Result<SiteMomentsResult>, site: string, j: number): Cell {
  if (!isValue(result)) return hidden(whyNot(result)!.reason);
  const { mean, sd, suppressed } = result.sites.find((one) => one.site === site) ?? {};
  if (mean === undefined || sd === undefined) return suppressed === undefined ? { text: '–', value: null } : hidden(suppressed.reason);
  return numeric(mean[j], (x) => `${rounded(x)} (${rounded(sd[j]!)})`);
}

const rounded = (x: number): string => (Math.abs(x) >= 100 ? x.toFixed(0) : x.toPrecision(3));
