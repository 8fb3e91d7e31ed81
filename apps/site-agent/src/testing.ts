/** For tests of whole sites: a coordinator that does what the test says, and a site in a folder of its own. */
export { partsOf, ScriptedCoordinator, type Question, type Received } from './fixtures/scripted-coordinator.js';
export { patientsCsv, planText, SiteFixture, totalsQuestion, type PlanOptions } from './fixtures/site-fixture.js';
