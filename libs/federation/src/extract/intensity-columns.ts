import { featureColumn } from './coordinator.js';

/** What is told of an image whose intensities are brought to a scale: quartiles of head or body without the region, and the mean of the region. */
export const intensityFigures = ['foreground-lower-quartile', 'foreground-median', 'foreground-upper-quartile', 'region-mean'] as const;

/** Columns of a site's table with these figures, before intensities were brought to the scale and after. They are no features. */
export const intensityColumns = (sequence: string, when: 'before' | 'after'): string[] => intensityFigures.map((figure) => featureColumn(sequence, `intensity-${when}-${figure}`));
