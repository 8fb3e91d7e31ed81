/** For tests of whole sites: a coordinator that does what the test says, and a site in a folder of its own. */
export { writeSeriesCase } from './fixtures/dicom-fixture.js';
export { partsOf, ScriptedCoordinator, type Question, type Received } from './fixtures/scripted-coordinator.js';
export { patientsCsv, planText, SiteFixture, totalsQuestion, type PlanOptions } from './fixtures/site-fixture.js';
/** The parts of a site that decide about masks and about the sites of a run, for tests of the protocol without a socket. */
export { Masking, type ApprovedRun } from './aggregation/masking.js';
export { SessionStore } from './aggregation/session-store.js';
export { RunStore } from './runs/run-store.js';
