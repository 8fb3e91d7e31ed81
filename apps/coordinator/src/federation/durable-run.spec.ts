import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { program, term, TestCentre } from '../fixtures/test-centre.js';

let centre: TestCentre | undefined;
afterEach(async () => {
  await centre?.close();
  centre = undefined;
});

const expectedFirst = (sites: readonly string[], round: number): number => sites.reduce((total, site) => total + term(site, round), 0);

describe('a run over real sockets and a real database', () => {
  it('ends with the sums of all sites, and every site may forget', async () => {
    centre = await TestCentre.open();
    const { id } = await centre.launch();
    await centre.until(id, 'closed');
    const [first] = JSON.parse(await centre.results(id)) as [{ v: number[]; sites: string[] }];
    expect(first.sites).toEqual(['A', 'B', 'C', 'D']);
    // Tolerance: the reference sum is rounded at each of three additions, ours once.
    expect(first.v[0]).toBeCloseTo(expectedFirst(first.sites, 0), 12);
    expect(first.v[1]).toBe(4);
    for (const agent of centre.agents.values()) expect(agent.outbox.size).toBe(0);
  });
});
