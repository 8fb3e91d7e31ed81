import { afterAll, beforeAll, describe } from 'vitest';
import { findChromium } from '../../scripts/chromium.mjs';
import { consolePages } from './console-pages.js';
import { dashboardPages } from './dashboard-pages.js';
import { dashboardPeople } from './dashboard-people.js';
import { dashboardRuns } from './dashboard-runs.js';
import { reportPages } from './report-pages.js';
import { World } from './world.js';

/** One federation and one browser for all suites of pages. */
describe.skipIf(findChromium() === null)('in a browser (needs Chromium: apt-get install chromium, or CONSILIUM_CHROMIUM)', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.make();
  });
  afterAll(() => world?.stop());

  describe('the dashboard', () => {
    dashboardPages(() => world);
    dashboardPeople(() => world);
    dashboardRuns(() => world);
  });

  describe("the hospital's console", () => {
    consolePages(() => world);
  });

  describe('the report', () => {
    reportPages(() => world);
  });
});
