import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readPlainDocument } from './plain-document.js';
import { readYamlDocument } from './yaml-document.js';

const shared = process.env['CONSILIUM_DATA'] ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const examples = fileURLToPath(new URL('../../../../examples', import.meta.url));

describe('plain parameter files', () => {
  it.each([
    '',
    '# only a comment\n',
    'setting:\n  binWidth: 25\n  resampledPixelSpacing: [1, 1.5, 2e0] # mm\n  interpolator: sitkBSpline\n\n\n  normalize: true\n  label:\n',
    'imageType:\n    Original: {}\n    LoG:\n        sigma: [1.0, 2.0, -.5, 3.]\n    Wavelet:\nfeatureClass:\n  shape:\n  glcm:\n  - Contrast\n  - Id # one\n  firstorder:\n    - Mean\n    - 10Percentile\n',
    'a: 1\nb: ~\nc: Null\nd: FALSE\ne: -3\nf: +4\ng: 1e3\nh: []\ni: [true, x]\nj: \'sitkBSpline\'\nk: "10"\nl:\n  - "Id"\n  - \'10Percentile\'\n',
  ])('are read as the YAML reader reads them: %j', (text) => {
    const plain = readPlainDocument(text);
    if (text.includes('- 10Percentile')) expect(plain).toBeNull();
    else expect(plain).toStrictEqual(readYamlDocument(text));
  });

  it.each(['{"setting": {}}', 'a: "x y"', "a: 'it''s'", 'a: "\\\\n"', 'a: &b 1', 'a: *b', 'a: !x 1', 'a: |\n  t', 'a: [1,\n 2]', 'a: {b: 1}', 'a:\tb', 'a: 1\na: 2', '---\na: 1', 'a: .inf', 'a: 0x10', 'a: 1 2', 'a:\n   b: 1\n  c: 2', '  a: 1\nb: 2', '- a', 'a: - b', 'a: yes: no', 'a: [1, [2]]'])(
    '%j is left to the YAML reader, or read alike',
    (text) => {
      const plain = readPlainDocument(text);
      if (plain) expect(plain).toStrictEqual(readYamlDocument(text));
    },
  );

  it('the examples of this project and of pyradiomics are read alike', () => {
    const folders = [examples, `${shared}/pyradiomics/settings/exampleSettings`, `${shared}/pyradiomics/values`].filter((folder) => existsSync(folder));
    const files = folders.flatMap((folder) => readdirSync(folder).filter((name) => /parameters.*\.yaml$|^example.*\.yaml$|^(seed|noresample).*\.yaml$|^(MR|CT|Params|example)/.test(name)).map((name) => `${folder}/${name}`));
    expect(files.length).toBeGreaterThan(1);
    let plainly = 0;
    for (const file of files) {
      const plain = readPlainDocument(readFileSync(file, 'utf8'));
      if (!plain) continue;
      plainly++;
      expect(plain, file).toStrictEqual(readYamlDocument(readFileSync(file, 'utf8')));
    }
    expect(plainly).toBeGreaterThan(1);
  });
});
