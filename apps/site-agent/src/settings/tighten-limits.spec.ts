import { disclosureLimits, type DisclosureLimits } from '@consilium/federation';
import { SeededRandom } from '@consilium/numerics';
import { describe, expect, it } from 'vitest';
import { stepAllowed, tightenLimits } from './tighten-limits.js';

/** Of every limit, whether the first lets no more pass than the second. Zero parameters a patient is no limit. */
const asStrict: { readonly [limit in keyof DisclosureLimits]: (limits: DisclosureLimits, than: DisclosureLimits) => boolean } = {
  minimumPatients: (a, b) => a.minimumPatients >= b.minimumPatients,
  minimumPerClass: (a, b) => a.minimumPerClass >= b.minimumPerClass,
  minimumCell: (a, b) => a.minimumCell >= b.minimumCell,
  minimumBin: (a, b) => a.minimumBin >= b.minimumBin,
  minimumLeaf: (a, b) => a.minimumLeaf >= b.minimumLeaf,
  minimumDifference: (a, b) => a.minimumDifference >= b.minimumDifference,
  parametersPerPatient: (a, b) => b.parametersPerPatient === 0 || (a.parametersPerPatient > 0 && a.parametersPerPatient <= b.parametersPerPatient),
};

describe('the limits of a site', () => {
  it('only tighten those of a plan, limit by limit, whatever the site writes', () => {
    const random = SeededRandom.fromSeed('limits');
    const names = Object.keys(disclosureLimits.strict) as (keyof DisclosureLimits)[];
    expect(names.sort()).toEqual(Object.keys(asStrict).sort());
    for (let i = 0; i < 500; i++) {
      const own = Object.fromEntries(names.map((name) => [name, random.uniform() < 0.4 ? 0 : name === 'parametersPerPatient' ? random.uniform() : random.integerBelow(40)])) as unknown as DisclosureLimits;
      for (const plan of Object.values(disclosureLimits)) {
        const both = tightenLimits(plan, own);
        for (const name of names) expect(asStrict[name](both, plan) && asStrict[name](both, own), `${name} of ${JSON.stringify([plan, own])}`).toBe(true);
      }
    }
  });

  it('raise bins, leaves and differences with the smallest count', () => {
    const none = { minimumCell: 0, minimumPatients: 0, minimumPerClass: 0, minimumBin: 0, minimumLeaf: 0, minimumDifference: 0, parametersPerPatient: 0 };
    expect(tightenLimits(disclosureLimits.standard, { ...none, minimumCell: 12 })).toMatchObject({ minimumBin: 12, minimumLeaf: 12, minimumDifference: 12, minimumPatients: 20 });
  });

  it('allow steps by name or by the beginning of a name', () => {
    expect([null, ['moments/*'], ['moments/totals'], ['shap/*'], []].map((allowed) => stepAllowed(allowed, 'moments/totals'))).toEqual([true, true, true, false, false]);
  });
});
