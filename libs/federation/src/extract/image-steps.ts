import type { Step } from '../step.js';
import { extractFeatures } from './exchange.js';
import { landmarkTotals } from './intensity-scale.js';

/** Steps whose site half reads images: an agent has them beside those of the registry. */
export const imageSteps: readonly Step[] = [extractFeatures, landmarkTotals];
