import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { faults } from './catalogue.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

const specs = (): string[] => {
  const projects = ['libs', 'apps'].flatMap((room) => readdirSync(`${root}${room}`).map((name) => `${room}/${name}/src`));
  return [...projects, 'test/e2e', 'test/faults', 'test/federation', 'test/deploy'].flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.spec.ts')).sort().map((name) => `${folder}/${name}`),
  );
};

/** Specs by the numbers in the titles of their tests. */
function specsByNumber(): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const spec of specs()) {
    for (const [, numbers] of readFileSync(`${root}${spec}`, 'utf8').matchAll(/(?:describe|it|each|skipIf|runIf)\b.*?\(['"`]faults? (\d+(?:, \d+)*): /g)) {
      for (const number of numbers!.split(', ').map(Number)) found.set(number, [...new Set([...(found.get(number) ?? []), spec])]);
    }
  }
  return found;
}

const head = `# Attacks and faults, by number

Forty things that go wrong or are done on purpose, and six more: what happens, and the tests that show it. Each test has the number in its title;
\`npx vitest run SPEC -t 'faults? .*\\b21\\b.*:'\` runs those of one number. What is trusted and what is not covered is in the
[threat model](explanation-threat-model.md); the long forms of 21 to 24 are in [the fault suite](how-to-run-the-fault-suite.md).
`;

const row = (specs: readonly string[], { number, attack, outcome }: (typeof faults)[number]): string =>
  `| ${number} | ${attack} | ${outcome} | ${specs.map((spec) => `[${spec.split('/').at(-1)!.replace('.spec.ts', '')}](../${spec})`).join(', ')} |`;

describe('the list of attacks and faults', () => {
  const byNumber = specsByNumber();

  it('has a test for every number, and no test has a number that is not on it', () => {
    expect(faults.filter(({ number }) => !byNumber.has(number)).map(({ number }) => number)).toEqual([]);
    expect([...byNumber.keys()].filter((number) => number > faults.length || number < 1)).toEqual([]);
  });

  it('is written with the tests of each (vitest -u writes it anew)', async () => {
    const table = ['| | attack or fault | what happens | shown by |', '|---|---|---|---|', ...faults.map((fault) => row(byNumber.get(fault.number) ?? [], fault)), ''].join('\n');
    await expect(`${head}\n${table}`).toMatchFileSnapshot(fileURLToPath(new URL('../../docs/reference-faults.md', import.meta.url)));
  });
});
