import { foldSums } from '@consilium/federation';
import { describe, expect, it } from 'vitest';
import { featuresOf, oracleFederation, spreads, type Spread } from './cohorts.js';
import { oracleCases } from './oracle-cases.js';
import type { OracleCase } from './oracle-case.js';
import { Comparison, dataSets } from './reference.js';

/** What takes seconds and goes over the network is asked at the own division there. */
const askedHere = ({ spreads: over = spreads, heavy = false, inProcessOnly = false }: OracleCase, spread: Spread): boolean =>
  over.includes(spread) && !(heavy && !inProcessOnly && spread === 'own');

describe.each(dataSets)('the reference figures of %s', (dataSet) => {
  const cases = oracleCases(dataSet);
  const answers = new Map<string, string>();

  describe.each([...spreads])('over sites: %s', (spread) => {
    const federation = oracleFederation(dataSet, spread);
    it.each(cases.filter((one) => askedHere(one, spread)).map((one) => [one.name, one] as const))('%s', async (_, one) => {
      const compare = new Comparison();
      const answer = await one.ask(federation);
      answers.set(`${one.name} ${spread}`, JSON.stringify(answer));
      one.check(compare, answer);
      expect(compare.outside).toEqual([]);
    });
  });

  it.each<Spread>(['own', 10])('depend neither on the order of the sites nor on masks by one bit, sites: %s', async (spread) => {
    const reversed = oracleFederation(dataSet, spread, { reversed: true, masked: true });
    const differing: string[] = [];
    // Asked again at the given division, and of ten sites what is asked there only.
    const asked = ({ spreads: over = spreads }: OracleCase) => (over.includes('own') ? 'own' : over.at(-1)) === spread;
    for (const one of cases.filter((each) => !each.heavy && asked(each))) {
      if (JSON.stringify(await one.ask(reversed)) !== answers.get(`${one.name} ${spread}`)) differing.push(one.name);
    }
    expect(differing).toEqual([]);
  });

  it('rest on sums that do not depend on the order of the sites by one bit, also where a method has too much to compute twice', async () => {
    const features = featuresOf(dataSet);
    const parameters = { mean: new Float64Array(features.length), sd: new Float64Array(features.length).fill(1), folds: 10 };
    const view = { outcome: 'y', features, rows: [], folds: { kind: 'column' as const, column: 'fold' } };
    const sums = await Promise.all([false, true].map((reversed) => oracleFederation(dataSet, 10, { reversed }).sum(foldSums, { view, parameters })));
    for (const [name, block] of Object.entries(sums[0]!.sums)) expect(Buffer.from(block.buffer).equals(Buffer.from(sums[1]!.sums[name]!.buffer)), name).toBe(true);
  });
});
