import { SeededRandom } from '@consilium/numerics';
import { createHmac } from 'node:crypto';
import type { SiteStep } from '../site-step.js';
import { classBasis } from '../standardised-columns.js';
import { scoresOf } from '../validation/scores-of-view.js';
import { decisionReplicates, type ReplicateParameters, type ReplicateSums } from './exchange.js';

export const decisionReplicatesAtSite: SiteStep<ReplicateParameters, ReplicateSums> = {
  step: decisionReplicates,
  compute(view, { models, thresholds, replicates, seed }) {
    const scores = models.map((model) => scoresOf(view, model));
    const cells = models.length * thresholds.length * replicates;
    const sums = { n: new Float64Array(replicates), events: new Float64Array(replicates), truePositives: new Float64Array(cells), falsePositives: new Float64Array(cells) };
    for (let i = 0; i < view.n; i++) {
      const weights = poissonWeights(`${seed} ${view.pseudonyms[i]!}`, seed, replicates);
      const event = view.y[i] === 1;
      const positives = event ? sums.truePositives : sums.falsePositives;
      weights.forEach((weight, r) => {
        sums.n[r]! += weight;
        if (event) sums.events[r]! += weight;
      });
      scores.forEach((p, m) => {
        thresholds.forEach((threshold, t) => {
          if (p[i]! < threshold) return;
          const at = (m * thresholds.length + t) * replicates;
          for (let r = 0; r < replicates; r++) positives[at + r]! += weights[r]!;
        });
      });
    }
    return { contribution: sums, basis: classBasis(view) };
  },
};

/** Weights of one patient in every replicate: Poisson with mean 1, from a stream that its pseudonym names and nobody outside the site can follow. */
function poissonWeights(name: string, seed: string, replicates: number): Uint8Array {
  const random = SeededRandom.fromSeed(createHmac('sha256', seed).update(name, 'utf8').digest('hex'));
  return Uint8Array.from({ length: replicates }, () => poisson(random.uniform()));
}

/** The number of a Poisson variable of mean 1 whose distribution function first reaches u. */
function poisson(u: number): number {
  let probability = Math.exp(-1);
  let reached = probability;
  let count = 0;
  while (reached < u && count < 12) {
    count++;
    probability /= count;
    reached += probability;
  }
  return count;
}
