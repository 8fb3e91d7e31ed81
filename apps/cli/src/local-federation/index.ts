/**
 * A whole federation on this machine: a coordinator and its sites, each a process of its own with its own folder and key, over TLS on
 * loopback. For the demonstration, the end-to-end and fault suites, and the bench.
 *
 *     const federation = await LocalFederation.prepare({ folder: await temporaryFederationFolder(), study: 'wdbc', sites });
 *     const plan = await federation.approvePlan(planText);          // uploaded, signed, offered, approved by every site of it
 *     const run = await federation.launch(plan);
 *     await federation.untilEnded(run);                             // 'closed', or throws with the reason
 *     const text = await federation.results(run);                   // results.json as it is
 *     await federation.stop();                                      // agents first, the coordinator and its database last
 *
 * Prepared once and stopped, `federation.copyTo(folder)` gives another on copies of everything, ready for `start()` in seconds.
 */
export type { LocalCoordinator } from './local-coordinator.js';
export { type LocalAgent } from './local-agent.js';
export { LocalFederation, type PrepareOptions } from './local-federation.js';
export { freePort } from './free-port.js';
export type { LocalSite } from './site-folders.js';
export { siteTables } from './site-tables.js';
export { temporaryFederationFolder } from './federation-folder.js';
