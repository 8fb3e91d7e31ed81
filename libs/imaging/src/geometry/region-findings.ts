import { boundingBox, boxSize, type BoundingBox } from '../bounding-box.js';
import type { Volume } from '../volume.js';

/** Something about a region that a person should know, or that makes it useless. */
export interface RegionFinding {
  readonly kind: 'empty' | 'one-voxel' | 'small' | 'border' | 'pieces' | 'one-slice' | 'constant' | 'not-a-number' | 'saturated' | 'in-air';
  readonly severity: 'refuse' | 'flag';
  readonly sentence: string;
}

/** A study's own limit may be higher; texture over fewer voxels says little. */
const FEWEST_VOXELS = 64;
const SATURATED_SHARE = 0.01;
/** A region this much darker than the rest of the body lies in air, or on the wrong side. */
const AIR_SHARE = 0.05;

/**
 * What is wrong with a region, or worth telling: empty, one voxel, small, at the border of the image, in pieces, on one slice; constant, not numbers, saturated, in air. Image and mask share a grid.
 * Sentences name counts, never intensities.
 */
export function regionFindings(image: Volume, mask: Volume, label: number, fewestVoxels = FEWEST_VOXELS): RegionFinding[] {
  const box = boundingBox(mask, label);
  if (!box) return [{ kind: 'empty', severity: 'refuse', sentence: `Label ${label} is not in the mask.` }];
  const findings = [...shapeFindings(mask, label, box, fewestVoxels), ...intensityFindings(image, mask, label)];
  return findings.sort((a, b) => Number(b.severity === 'refuse') - Number(a.severity === 'refuse'));
}

function shapeFindings(mask: Volume, label: number, box: BoundingBox, fewestVoxels: number): RegionFinding[] {
  const pieces = piecesOf(mask, label, box);
  const voxels = pieces.reduce((sum, size) => sum + size, 0);
  if (voxels === 1) return [{ kind: 'one-voxel', severity: 'refuse', sentence: 'The region has 1 voxel; its features cannot be computed.' }];
  const findings: RegionFinding[] = [];
  if (voxels < fewestVoxels) findings.push({ kind: 'small', severity: 'flag', sentence: `The region has ${voxels} voxels; the study’s minimum is ${fewestVoxels}.` });
  if (mask.size.some((length, axis) => length > 1 && (box.low[axis] === 0 || box.high[axis] === length - 1))) {
    findings.push({ kind: 'border', severity: 'flag', sentence: 'The region touches the border of the image; part of it may be outside.' });
  }
  if (pieces.length > 1) findings.push({ kind: 'pieces', severity: 'flag', sentence: `The region has ${pieces.length} separate pieces; the smallest has ${Math.min(...pieces)} voxels.` });
  if (mask.size[2] > 1 && box.low[2] === box.high[2]) findings.push({ kind: 'one-slice', severity: 'flag', sentence: 'The region lies on one slice of a three-dimensional image.' });
  return findings;
}

/** Voxels of each piece of the region; voxels that touch by a corner are one piece. */
function piecesOf({ data, size }: Volume, label: number, box: BoundingBox): number[] {
  const [nx, ny, nz] = boxSize(box);
  const at = (i: number) => {
    const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
    return data[x + box.low[0] + size[0] * (y + box.low[1] + size[1] * (z + box.low[2]))];
  };
  const open = Uint8Array.from({ length: nx * ny * nz }, (_, i) => (at(i) === label ? 1 : 0));
  const pieces: number[] = [];
  const stack: number[] = [];
  for (let start = open.indexOf(1); start >= 0; start = open.indexOf(1, start + 1)) {
    let count = 0;
    open[start] = 0;
    stack.push(start);
    while (stack.length > 0) {
      const i = stack.pop()!;
      count++;
      const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
      for (let w = Math.max(0, z - 1); w <= Math.min(nz - 1, z + 1); w++) {
        for (let v = Math.max(0, y - 1); v <= Math.min(ny - 1, y + 1); v++) {
          for (let u = Math.max(0, x - 1); u <= Math.min(nx - 1, x + 1); u++) {
            const next = u + nx * (v + ny * w);
            if (open[next] === 0) continue;
            open[next] = 0;
            stack.push(next);
          }
        }
      }
    }
    pieces.push(count);
  }
  return pieces;
}

function intensityFindings(image: Volume, mask: Volume, label: number): RegionFinding[] {
  const inside = new Summary();
  const outside = new Summary();
  for (let i = 0; i < image.data.length; i++) (mask.data[i] === label ? inside : outside).add(image.data[i]);
  const findings: RegionFinding[] = [];
  if (inside.notNumbers > 0) findings.push({ kind: 'not-a-number', severity: 'refuse', sentence: `${inside.notNumbers} voxels of the region are not numbers. Repair the image, or exclude them from the mask.` });
  else if (inside.most === inside.least && inside.count > 1) findings.push({ kind: 'constant', severity: 'flag', sentence: 'All voxels of the region have one value; texture features are undefined.' });
  else if (inside.most >= outside.most && inside.atMost > SATURATED_SHARE * inside.count) findings.push({ kind: 'saturated', severity: 'flag', sentence: `${((100 * inside.atMost) / inside.count).toFixed(1)} % of the region is at the image’s largest value; the image may be saturated.` });
  // The body is what is brighter than the image's mean; images with negative values (CT) have no zero for air.
  const body = new Summary();
  const mean = outside.mean;
  if (outside.least >= 0) for (let i = 0; i < image.data.length; i++) if (mask.data[i] !== label && image.data[i] > mean) body.add(image.data[i]);
  if (body.count > 0 && inside.mean < AIR_SHARE * body.mean) findings.push({ kind: 'in-air', severity: 'flag', sentence: 'The region lies in air, far darker than the body. The mask may be flipped left to right; look at the preview.' });
  return findings;
}

/** Count, extremes and mean of finite values. */
class Summary {
  count = 0;
  least = Infinity;
  most = -Infinity;
  atMost = 0;
  notNumbers = 0;
  private sum = 0;

  add(value: number): void {
    if (!Number.isFinite(value)) {
      this.notNumbers++;
      return;
    }
    this.count++;
    this.sum += value;
    if (value < this.least) this.least = value;
    if (value > this.most) {
      this.most = value;
      this.atMost = 1;
    } else if (value === this.most) this.atMost++;
  }

  get mean(): number {
    return this.count > 0 ? this.sum / this.count : 0;
  }
}
