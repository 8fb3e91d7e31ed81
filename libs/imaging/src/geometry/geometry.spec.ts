import { describe, expect, it } from 'vitest';
import { fitMask, ImageFileError, labelsOf, nearestMatch, type Volume } from '../index.js';

const volume = (fields: Partial<Volume> = {}): Volume => {
  const size = fields.size ?? [8, 6, 4];
  return { size, spacing: [1, 1.5, 3], origin: [10, 20, 30], direction: new Float64Array([1, 0, 0, 0, 1, 0, 0, 0, 1]), pixelType: 'uint8', data: new Uint8Array(size[0] * size[1] * size[2]), ...fields };
};
/** A mask with label 1 in the voxels of a box. */
const boxed = (fields: Partial<Volume> = {}, [x0, y0, z0, x1, y1, z1]: readonly number[] = [2, 1, 1, 5, 4, 2], label = 1): Volume => {
  const mask = volume(fields);
  for (let z = z0!; z <= z1!; z++) for (let y = y0!; y <= y1!; y++) for (let x = x0!; x <= x1!; x++) mask.data[x + mask.size[0] * (y + mask.size[1] * z)] = label;
  return mask;
};
const refusal = (fitting: () => unknown): ImageFileError => {
  try {
    fitting();
  } catch (error) {
    if (error instanceof ImageFileError) return error;
    throw error;
  }
  throw new Error('the mask was accepted');
};
const image = volume();

describe('a mask beside its image', () => {
  it('on the same grid is taken as it is, without a note', () => {
    const { outcome, mask } = fitMask(image, boxed(), 1);
    expect(outcome).toBe('same');
    expect(mask.notes).toBeUndefined();
  });

  it('that differs by rounding gets the image’s geometry and a note', () => {
    const { outcome, mask } = fitMask(image, boxed({ origin: [10.00003, 20, 30], spacing: [1, 1.5000001, 3] }), 1);
    expect(outcome).toBe('accepted');
    expect(mask.origin).toStrictEqual(image.origin);
    expect(mask.notes).toStrictEqual(['Mask and image differ by 0.00003 mm (rounding). Accepted.']);
  });

  it.each([
    ['origin', { origin: [10.09, 20, 30] as const }, 'accepted'],
    ['origin', { origin: [10.3, 20, 30] as const }, 'resampled'],
    ['spacing', { spacing: [1.0009, 1.5, 3] as const }, 'accepted'],
    ['spacing', { spacing: [1.01, 1.5, 3] as const }, 'resampled'],
    ['direction', { direction: new Float64Array([1, -9e-4, 0, 9e-4, 1, 0, 0, 0, 1]) }, 'accepted'],
    ['direction', { direction: new Float64Array([0.9998, -0.02, 0, 0.02, 0.9998, 0, 0, 0, 1]) }, 'resampled'],
  ])('is accepted up to a tenth of a voxel and a thousandth of spacing and direction: %s', (_, fields, outcome) => {
    expect(fitMask(image, boxed(fields), 1).outcome).toBe(outcome);
  });

  it('on a finer grid inside the image is resampled, with the change of its volume', () => {
    const fine = boxed({ size: [16, 12, 4], spacing: [0.5, 0.75, 3], origin: [9.75, 19.625, 30] }, [4, 2, 1, 11, 9, 2]);
    const { outcome, mask } = fitMask(image, fine, 1);
    expect(outcome).toBe('resampled');
    expect(Array.from(mask.data)).toStrictEqual(Array.from(boxed().data));
    expect(mask.notes).toStrictEqual(['The mask’s grid is not the image’s; it was resampled by nearest neighbour. Its volume changed by +0.0 %.']);
  });

  it('whose volume changes much is flagged', () => {
    const thin = boxed({ size: [8, 6, 12], spacing: [1, 1.5, 1], origin: [10, 20, 29] }, [2, 1, 4, 5, 4, 4]);
    expect(fitMask(image, thin, 1).mask.notes![0]).toBe('The mask’s grid is not the image’s; it was resampled by nearest neighbour. Its volume changed by +200.0 %. That is much: check the region on this image.');
  });

  it('whose region reaches beyond the image is refused, with how far away it lies', () => {
    expect(refusal(() => fitMask(image, boxed({ size: [8, 6, 5], origin: [200, 20, 30] }), 1)).message).toBe('Mask 8×6×5 does not fit image 8×6×4 and lies 180 mm away. Was it drawn on another series?');
    expect(refusal(() => fitMask(image, boxed({ origin: [14, 20, 30] }), 1)).message).toContain('its region reaches beyond the image');
  });

  it('of which only the label asked for must fit', () => {
    const mask = boxed({ origin: [13, 20, 30] }, [7, 0, 0, 7, 0, 0], 2);
    mask.data[0] = 1;
    expect(fitMask(image, mask, 1).outcome).toBe('resampled');
    expect(refusal(() => fitMask(image, mask)).kind).toBe('geometry');
  });

  it('without the label says which labels there are', () => {
    const mask = boxed({}, [0, 0, 0, 1, 1, 1], 3);
    mask.data[191] = 2;
    expect(refusal(() => fitMask(image, mask, 1)).message).toBe('Label 1 is not in the mask (labels present: 2, 3).');
    expect(refusal(() => fitMask(image, volume(), 1)).message).toBe('The mask is empty: every voxel is 0. Draw the region, or choose another file.');
  });
});

describe('labels', () => {
  it('are counted', () => {
    expect(labelsOf({ pixelType: 'int16', data: Int16Array.of(0, 3, 3, 0, 1, 0, 3) })).toStrictEqual(new Map([[1, 1], [3, 3]]));
  });

  it.each([
    ['negative', Int16Array.of(0, -1), 'int16' as const],
    ['fractional', Float32Array.of(0, 0.37), 'float32' as const],
    ['not a number', Float32Array.of(0, NaN), 'float32' as const],
    ['in the thousands', Uint16Array.from({ length: 5000 }, (_, i) => i), 'uint16' as const],
  ])('that are %s are refused', (_, data, pixelType) => {
    expect(refusal(() => labelsOf({ data, pixelType })).kind).toBe('labels');
  });

  it('are many: noted', () => {
    const mask = volume({ data: Uint8Array.from({ length: 192 }, (_, i) => i % 12) });
    expect(fitMask(image, mask, 1).mask.notes).toStrictEqual(['The mask has 11 labels; check which one is the tumour.']);
  });
});

describe('the image a mask fits best', () => {
  const near = volume({ size: [16, 12, 8], spacing: [0.5, 0.75, 1.5] });
  const far = volume({ origin: [500, 20, 30] });

  it('is the one of its own grid, else the one that holds most of it, else none', () => {
    expect(nearestMatch(image, [far, near, volume()])).toBe(2);
    expect(nearestMatch(image, [far, near])).toBe(1);
    expect(nearestMatch(image, [far])).toBeNull();
  });
});
