import { linksOf } from '@consilium/interface';
import { router } from './router.js';

export { To } from '@consilium/interface';

export const { go, Primary } = linksOf(() => router);
