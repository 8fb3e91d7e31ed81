import { describe, expect, it } from 'vitest';
import { parsePlan, type ParsedPlan } from '../plan/parse-plan.js';
import { fitSchedule } from './fit-schedule.js';

const { plan } = parsePlan(`consilium: 1
title: Two models
version: 1
study: two
sites: [A, B]
seed: s
outcome: { column: y, type: binary }
features: { columns: [a, b] }
clinical: [age]
folds: { dealt: 4 }
select: {}
models:
  - { name: clinical, inputs: [clinical] }
  - { name: radiomics, inputs: [selected] }
  - { name: combined, inputs: [{ prediction: radiomics }, clinical] }
`) as ParsedPlan;

const fitted = (models: string[], crossFitted: boolean) =>
  fitSchedule(plan, models, crossFitted).levels.map((level) => level.map(({ model, without }) => `${model.name}${without.length > 0 ? ` without ${without.join('+')}` : ''}`));

describe('the schedule of a training', () => {
  it('fits a model that reads nothing once', () => {
    expect(fitted(['clinical'], false)).toEqual([['clinical']]);
    expect(fitSchedule(plan, ['clinical'], false).selections).toEqual([]);
  });

  it('fits the model that a cross-fitted prediction comes from without each fold, before the one that reads it', () => {
    expect(fitted(['combined'], false)).toEqual([
      ['radiomics', 'radiomics without 0', 'radiomics without 1', 'radiomics without 2', 'radiomics without 3'],
      ['combined'],
    ]);
  });

  it('repeats the selection without one fold and without each pair, once a pair, for cross-fitted predictions of the combined model', () => {
    const { selections, levels } = fitSchedule(plan, ['combined'], true);
    expect(selections).toHaveLength(1 + 4 + 6);
    expect(levels[1]).toHaveLength(1 + 4);
  });
});
