import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe finds that is serious or worse, as sentences; by all rules of WCAG 2.2 AA, or by some. */
export async function seriousViolations(page: Page, rules: readonly string[] = []): Promise<string[]> {
  // A drawing is one image to those who hear it, and rows of a table are alike: its name and its first rows say what all say. Pages are one frame.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).exclude('.chart > *').exclude('tbody tr:nth-child(n+6)');
  const { violations } = await (rules.length > 0 ? axe.withRules([...rules]) : axe.withTags(WCAG)).analyze();
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).slice(0, 3).join(', ')}`);
}

/** Every figure of the page has drawn something, or says why it has not. */
export async function untilDrawn(page: Page): Promise<void> {
  await page.waitForFunction(() => [...document.querySelectorAll('.chart')].every((chart) => chart.querySelector('svg path, svg text') !== null) && document.querySelector('.skeleton') === null);
}

/** What is wider than the window, or drawn outside its figure, as sentences. */
export async function outside(page: Page): Promise<string[]> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll('.chart')].flatMap((chart) => {
      const box = chart.getBoundingClientRect();
      return [...chart.querySelectorAll('text')].filter((text) => {
        const own = text.getBoundingClientRect();
        return own.width > 0 && (own.left < box.left - 1 || own.right > box.right + 1 || own.top < box.top - 1 || own.bottom > box.bottom + 1);
      }).map((text) => `${chart.getAttribute('aria-label')?.slice(0, 40)}: ${text.textContent}`);
    }),
  );
  return [...(wide > 0 ? [`the page scrolls sideways by ${wide} pixels`] : []), ...cut.map((text) => `cut off by the edge of its figure: ${text}`)];
}
