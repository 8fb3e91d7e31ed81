import type { Federation } from '@consilium/federation';
import { describe, expect, it } from 'vitest';
import { oracleFederation, siteFiles, spreads, type Spread } from './cohorts.js';
import { runOverNetwork } from './networked.js';
import { oneOfEachFamily, oracleCases } from './oracle-cases.js';
import { Comparison, dataSets, type DataSet } from './reference.js';

/** The cases at once, in lock-step: as many rounds as the longest of them has. */
const program = (dataSet: DataSet, spread: Spread) => {
  const cases = oneOfEachFamily(oracleCases(dataSet).filter((one) => (one.spreads ?? spreads).includes(spread) && !one.inProcessOnly));
  const ask = async (federation: Federation, asked = cases): Promise<string[]> =>
    (await federation.inParallel(asked.map((one) => (branch) => one.ask(branch)))).map((answer) => JSON.stringify(answer));
  return { cases, ask };
};

describe.each([...dataSets])('coordinator, database, sockets and agents of %s', (dataSet) => {
  it.each<Spread>(['own'])('find the reference figures, byte for byte those of the federation in one process, sites: %s', async (spread) => {
    const { cases, ask } = program(dataSet, spread);
    const networked = JSON.parse(await runOverNetwork(siteFiles(dataSet, spread), async (federation) => JSON.stringify(await ask(federation)))) as string[];
    const light = cases.filter(({ heavy }) => !heavy);
    const inProcess = await ask(oracleFederation(dataSet, spread), light);
    const differing = light.filter((one, at) => networked[cases.indexOf(one)] !== inProcess[at]).map(({ name }) => name);
    expect(differing).toEqual([]);
    const compare = new Comparison();
    cases.forEach((one, c) => one.check(compare, JSON.parse(networked[c]!)));
    expect(compare.outside).toEqual([]);
  }, 300_000);
});
