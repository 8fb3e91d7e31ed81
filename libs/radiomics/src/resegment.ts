import { ImageFileError, type Volume } from '@consilium/imaging';
import type { ResegmentSettings } from './settings.js';

/**
 * The mask with only those voxels of the label whose grey value lies in the range: at least one threshold, or between two, both included. 'relative' thresholds are shares of
 * the region's maximum, 'sigma' ones count its standard deviations (n) from its mean. Other labels are left out. Fewer than two voxels left are refused.
 */
 
export function resegment(image: Volume, mask: Volume, label: number, { range, mode }: ResegmentSettings): Volume {
  const [low, high = Infinity] = thresholds(image, mask, label, { range, mode });
  const data = new Uint32Array(mask.data.length);
  let kept = 0;
  for (let i = 0; i < data.length; i++) {
    if (mask.data[i] !== label || !(image.data[i] >= low) || !(image.data[i] <= high)) continue;
    data[i] = label;
    kept++;
  }
  if (kept <= 1) throw new ImageFileError('resegmented', `Resegmentation leaves ${kept} voxel(s) of label ${label}; no features can be computed. Widen resegmentRange.`);
  return { ...mask, pixelType: 'uint32', data };
}

 
function thresholds(image: Volume, mask: Volume, label: number, { range, mode }: Pick<ResegmentSettings, 'range' | 'mode'>): number[] {
  const sorted = [...range].sort((a, b) => a - b);
  if (mode === 'absolute') return sorted;
  let [n, sum, max] = [0, 0, -Infinity];
  const each = (visit: (value: number) => void) => {
    for (let i = 0; i < mask.data.length; i++) if (mask.data[i] === label) visit(image.data[i]);
  };
  each((value) => {
    n++;
    sum += value;
    if (value > max) max = value;
  });
  if (mode === 'relative') return sorted.map((share) => max * share);
  const mean = sum / n;
  let squares = 0;
  each((value) => void (squares += (value - mean) ** 2));
  const deviation = Math.sqrt(squares / n);
  return sorted.map((count) => mean + deviation * count);
}
