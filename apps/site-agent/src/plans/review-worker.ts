import { parentPort, workerData } from 'node:worker_threads';
import { rehearsePlan, type RehearseOptions } from './rehearse-plan.js';

/** The thread in which a plan is rehearsed: it has no socket, no key and no file. */
parentPort?.postMessage(await rehearsePlan(workerData as RehearseOptions));
