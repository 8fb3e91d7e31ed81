import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { federatedMoments } from './coordinator.js';
import { standardDeviation, type GroupMoments } from './group-moments.js';

const rows = (group: GroupMoments) => {
  const sd = standardDeviation(group, 1);
  return (j: number) => ({ n: group.n, mean: group.mean[j]!, sd: sd[j]! });
};

export const momentsMethod = federatedMethod({
  name: 'moments',
  title: 'Mean and standard deviation of each feature, in all and by outcome',
  parameters: methodParameters,
  example: { outcome: 'y', features: ['mean_radius', 'mean_texture'] },
  rests: 'pooled',
  async run(federation, parameters) {
    const { all, events, nonEvents, features } = await federatedMoments(federation, viewOf(parameters));
    const [ofAll, ofEvents, ofNonEvents] = [rows(all), rows(events), rows(nonEvents)];
    return { features: features.map((feature, j) => ({ feature, ...ofAll(j), events: ofEvents(j), nonEvents: ofNonEvents(j) })) };
  },
});
