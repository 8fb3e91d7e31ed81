import { describe, expect, it } from 'vitest';
import { oracleFederation, subset8, trainingRows } from '../fixtures/oracle-sites.js';
import { federatedMoments } from '../moments/coordinator.js';
import { standardDeviation } from '../moments/group-moments.js';
import type { ViewSpec } from '../view.js';
import { federatedLinearSvm, type SvmCandidate } from './coordinator.js';

const view: ViewSpec = { outcome: 'y', features: subset8('wdbc'), rows: trainingRows, folds: { kind: 'dealt', folds: 5, seed: 'svm' } };

async function fitted(grid: readonly SvmCandidate[]) {
  let rounds = 0;
  const federation = oracleFederation('wdbc', 'own', { onBatch: () => rounds++ });
  const { all } = await federatedMoments(federation, view);
  const result = await federatedLinearSvm(federation, { view, scaling: { mean: all.mean, sd: standardDeviation(all, 0) }, grid });
  return { rounds, result };
}

describe('the choice of a linear support vector machine', () => {
  it('asks about all folds and penalties in the same messages: as many rounds as the slowest penalty alone', async () => {
    const grid = [{ C: 0.01 }, { C: 0.1 }, { C: 1 }];
    const alone = [];
    for (const candidate of grid) alone.push((await fitted([candidate])).rounds);
    const { rounds, result } = await fitted(grid);
    expect(rounds).toBeLessThanOrEqual(Math.max(...alone));
    expect(result.deviance).toHaveLength(3);
    expect(result.deviance[result.chosen]).toBe(Math.min(...result.deviance));
    expect(result.byFold.size).toBe(5);
  });
});
