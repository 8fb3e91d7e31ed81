import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseDicom as parseAsWitness, type DataSet as WitnessDataSet } from 'dicom-parser';
import { describe, expect, it } from 'vitest';
import { slice, SYNTAX, writeDicom, type Elements } from '../fixtures/write-dicom.js';
import type { DataSet } from './data-set.js';
import { parseDicom } from './parse.js';

const shared = process.env['CONSILIUM_DATA'] ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url));

/** Every element that the witness found lies at the same place; returns how many were compared. Group 2 is kept apart here, delimiters are not elements. */
function compare(dataSet: DataSet, witness: WitnessDataSet): number {
  let compared = 0;
  for (const [name, element] of Object.entries(witness.elements)) {
    const tag = Number.parseInt(name.slice(1), 16);
    if (tag >>> 16 === 2 || tag >>> 16 === 0xfffe) continue;
    const own = dataSet.element(tag);
    compared++;
    if (element.items) {
      expect(own?.items, name).toHaveLength(element.items.length);
      element.items.forEach((item, i) => (compared += item.dataSet ? compare(own!.items![i]!, item.dataSet) : 0));
    } else expect([own?.start, own?.length], name).toStrictEqual([element.dataOffset, element.length]);
  }
  return compared;
}

const nested: Elements = [
  [0x00081140, 'SQ', [[[0x00081155, 'UI', '1.2.3']], [[0x00081155, 'UI', '1.2.4'], [0x0040a170, 'SQ', [[[0x00080104, 'LO', 'a meaning']]]]]]],
  [0x00081199, 'SQ', []],
  [0x00091010, 'UN', Uint8Array.of(1, 2, 3, 4)],
  [0x00204000, 'LT', 'of an odd length'],
];

describe('DICOM files, beside what dicom-parser finds in them', () => {
  it.each([
    ['explicit', { syntax: SYNTAX.explicit }],
    ['explicit, undefined lengths', { syntax: SYNTAX.explicit, undefinedLengths: true }],
    ['implicit, undefined lengths', { syntax: SYNTAX.implicit, undefinedLengths: true }],
    ['big endian', { syntax: SYNTAX.bigEndian }],
  ])('%s', (_, writing) => {
    const bytes = writeDicom(slice({ more: nested }), writing);
    expect(compare(parseDicom(bytes).dataSet, parseAsWitness(bytes))).toBeGreaterThan(24);
  });

  it.skipIf(!existsSync(`${shared}/sts-dicom`)).each(['MR_T1/image/000003.dcm', 'PET/image/000003.dcm', 'MR_T1/mask/RS.dcm', 'PET/mask/RS.dcm'])('%s (needs the shared data)', (file) => {
    const bytes = readFileSync(`${shared}/sts-dicom/STS_003/${file}`);
    expect(compare(parseDicom(bytes).dataSet, parseAsWitness(bytes))).toBeGreaterThan(60);
  });

  it('but sequences of defined length in implicit files are read as such too', () => {
    const { dataSet } = parseDicom(writeDicom(slice({ more: nested }), { syntax: SYNTAX.implicit }));
    expect(dataSet.items(0x00081140)).toHaveLength(2);
    expect(dataSet.items(0x00081140)[1]!.item(0x0040a170)!.string(0x00080104)).toBe('a meaning');
  });

  it('and bytes that only begin as a sequence does stay a value', () => {
    const fake = Uint8Array.of(0xfe, 0xff, 0x00, 0xe0, 4, 0, 0, 0, 9, 9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8);
    const { dataSet } = parseDicom(writeDicom(slice({ more: [[0x00091010, 'UN', fake]] }), { syntax: SYNTAX.implicit }));
    expect(dataSet.element(0x00091010)).toMatchObject({ length: 20 });
    expect(dataSet.element(0x00091010)!.items).toBeUndefined();
    expect(dataSet.short(0x00280010)).toBe(2);
  });
});
