import { inProcessFederation } from '@consilium/federation/in-process';
import type { SiteTable } from '@consilium/federation/site';
import { gaussianCost, epsilonOfCost } from '@consilium/statistics';
import { describe, expect, it } from 'vitest';
import { executePlan } from '../run/execute-plan.js';
import { serialiseResults } from '../run/run-results.js';
import { parsePlan } from './parse-plan.js';
import { privacyRatio, privacySentences } from './privacy.js';

const plan = (privacy: object, more: object = {}) =>
  parsePlan(JSON.stringify({ consilium: 1, title: 'Private', version: 1, study: 'private', sites: ['A', 'B'], seed: 's', disclosure: 'open-data', outcome: { column: 'y', type: 'binary' }, privacy, ...more }));
const good = { epsilon: 4, counts: [{ column: 'y', levels: [0, 1] }], logistic: { penalty: 0.1, features: [{ column: 'age', low: 20, high: 90 }] } };

function parsed(privacy: object, more: object = {}) {
  const read = plan(privacy, more);
  if (!('plan' in read)) throw new Error(read.problems.map(({ sentence }) => sentence).join(' '));
  return read;
}

describe('a plan of differential privacy', () => {
  it.each([
    [{ epsilon: 4 }, {}, 'Nothing is asked'],
    [{ ...good, epsilon: 0 }, {}, 'at least 0.1'],
    [{ ...good, logistic: { features: [{ column: 'age', low: 90, high: 20 }] } }, {}, 'is not below high'],
    [{ ...good, logistic: { features: [{ column: 'y', low: 0, high: 1 }] } }, {}, 'is the outcome'],
    [{ ...good, logistic: { features: [0, 1].map(() => ({ column: 'age', low: 0, high: 1 })) } }, {}, 'listed twice'],
    [good, { models: [{ name: 'm', inputs: [{ columns: ['age'] }] }] }, 'models would leave without'],
    [good, { clinical: ['age'] }, 'clinical would leave without'],
    [good, { onDropOut: 'survivors' }, 'costs its patients a second time'],
  ])('is refused with a sentence: %j with %j', (privacy, more, sentence) => {
    const read = plan(privacy, more);
    expect('problems' in read && read.problems.map((one) => one.sentence).join(' ')).toContain(sentence);
  });

  it('leaves the digest of other plans as it was, and is its own canonical text', () => {
    expect(parsed(good).text).toContain('"privacy"');
    const without = parsePlan(JSON.stringify({ consilium: 1, title: 'Private', version: 1, study: 'private', sites: ['A'], seed: 's', outcome: { column: 'y', type: 'binary' }, models: [{ name: 'm', inputs: [{ columns: ['age'] }] }] }));
    expect('text' in without && without.text).not.toContain('privacy');
    const again = parsePlan(parsed(good).text);
    expect('digest' in again && again.digest).toBe(parsed(good).digest);
  });

  it('adds the least noise that keeps its epsilon over all its answers', () => {
    const { privacy } = parsed(good).plan;
    const ratio = privacyRatio(privacy!);
    expect(epsilonOfCost(gaussianCost(ratio, 2), 1e-5)).toBeLessThanOrEqual(4);
    expect(epsilonOfCost(gaussianCost(ratio * 0.999, 2), 1e-5)).toBeGreaterThan(4);
  });

  it('says what the noise will be in the units of the result, and where it makes a figure useless', () => {
    const { plan: read } = parsed(good);
    const ratio = privacyRatio(read.privacy!);
    const sentences = privacySentences(read, 400).join('\n');
    expect(sentences).toContain('ε 4 and δ 0.00001 for each patient, over 2 answers of each site');
    expect(sentences).toContain(`standard deviation ${Number((ratio * 2).toPrecision(3))} patients`);
    // ratio · (2/λ) · √S / n · 2 / √2, from 20 to 90.
    expect(sentences).toContain(`${Number((((ratio * 20 * Math.SQRT2) / 400) * 2 / Math.SQRT2).toPrecision(3))} from 20 to 90`);
    expect(privacySentences(read, 4000).join('\n')).not.toContain('Useless');
    expect(privacySentences(read, 40).join('\n')).toContain('Useless for age');
    expect(privacySentences(read).join('\n')).toContain('With --patients');
    expect(privacySentences({ privacy: undefined, sites: [] })).toEqual([]);
  });
});

describe('a run of it', () => {
  const numbers = (value: (i: number) => number) => ({ kind: 'number' as const, values: Float64Array.from({ length: 60 }, (_, i) => value(i)) });
  const table = (site: string): SiteTable => ({
    pseudonyms: Array.from({ length: 60 }, (_, i) => `${site}${String(i).padStart(2, '0')}`),
    columns: new Map([['y', numbers((i) => (i % 3 === 0 ? 1 : 0))], ['age', numbers((i) => (i % 7 === 6 ? NaN : 40 + (i % 40)))]]),
  });
  const run = (noiseSeed: string) =>
    executePlan(inProcessFederation({ tables: new Map(['A', 'B'].map((site) => [site, table(site)])), profile: 'open-data', noiseSeed }), parsed(good).plan);

  it('gives counts and coefficients with the noise it says, nothing else, and the same from the same seed', async () => {
    const results = await run('one');
    expect(results.stages['private']).toMatchObject({ epsilon: 4, delta: 1e-5, answers: 2, counts: { tables: [{ column: 'y' }] }, logistic: { patients: 120, coefficients: [{ feature: 'age' }] } });
    for (const stage of ['describe', 'select', 'train', 'evaluate', 'explain']) expect(results.stages[stage]).toMatchObject({ suppressed: { rule: 'differential-privacy' } });
    expect(serialiseResults(await run('one'))).toBe(serialiseResults(results));
    expect(serialiseResults(await run('two'))).not.toBe(serialiseResults(results));
  });
});
