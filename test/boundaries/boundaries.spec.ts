import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Without a project graph the boundary rule only warns and passes everything, so the graph is made first and the canary proves the rule bites. */
let eslint: ESLint;
beforeAll(() => {
  execFileSync(process.execPath, ['node_modules/nx/dist/bin/nx.js', 'show', 'projects'], { cwd: root, stdio: 'pipe', env: { ...process.env, NX_DAEMON: 'false' } });
  process.env['NX_DAEMON'] = 'false';
  eslint = new ESLint({ cwd: root, overrideConfig: [{ files: ['**/*.ts', '**/*.tsx'], ...tseslint.configs.disableTypeChecked }] });
}, 120_000);

async function complaints(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: `${root}/${filePath}` });
  return result!.messages.filter(({ severity }) => severity === 2).map(({ ruleId, message }) => ruleId ?? message);
}

const BOUNDARY = '@nx/enforce-module-boundaries';

const offences: readonly [what: string, file: string, code: string, rule: string][] = [
  ['mathematics importing a method', 'libs/statistics/src/canary.ts', "import { x } from '@consilium/learning';\nexport { x };\n", BOUNDARY],
  ['mathematics importing a package', 'libs/numerics/src/canary.ts', "import { z } from 'zod';\nexport { z };\n", BOUNDARY],
  ['a method importing the federation', 'libs/evaluation/src/canary.ts', "import { x } from '@consilium/federation';\nexport { x };\n", BOUNDARY],
  ['the federation importing infrastructure', 'libs/federation/src/canary.ts', "import { x } from '@consilium/transport';\nexport { x };\n", BOUNDARY],
  ['the federation importing a socket', 'libs/federation/src/canary.ts', "import { io } from 'socket.io-client';\nexport { io };\n", BOUNDARY],
  ['the channel importing what it carries', 'libs/secure-channel/src/canary.ts', "import { x } from '@consilium/federation';\nexport { x };\n", BOUNDARY],
  ['the coordinator importing code that reads patient tables', 'apps/coordinator/src/canary.ts', "import { x } from '@consilium/tables';\nexport { x };\n", BOUNDARY],
  ['the coordinator importing code that reads pixels', 'apps/coordinator/src/canary.ts', "import { x } from '@consilium/imaging';\nexport { x };\n", BOUNDARY],
  ['what runs anywhere importing what runs only at a site', 'libs/study/src/canary.ts', "import { x } from '@consilium/tables';\nexport { x };\n", BOUNDARY],
  ['the coordinator importing the registry of site steps', 'apps/coordinator/src/canary.ts', "import { x } from '@consilium/federation/site';\nexport { x };\n", 'no-restricted-imports'],
  ['the coordinator importing the in-process federation', 'apps/coordinator/src/canary.ts', "import { x } from '@consilium/federation/in-process';\nexport { x };\n", 'no-restricted-imports'],
  ['a site half importing its coordinator half', 'libs/federation/src/canary/site.ts', "import { x } from './coordinator.js';\nexport { x };\n", 'no-restricted-imports'],
  ['a coordinator half importing its site half', 'libs/federation/src/canary/coordinator.ts', "import { x } from './site.js';\nexport { x };\n", 'no-restricted-imports'],
  ['figures importing what a run computes', 'libs/charts/src/canary.ts', "import { x } from '@consilium/study';\nexport { x };\n", BOUNDARY],
  ['figures, which a report draws without a browser, importing pages', 'libs/charts/src/canary.ts', "import { x } from '@consilium/interface';\nexport { x };\n", BOUNDARY],
  ['the dashboard importing the coordinator', 'apps/dashboard/src/canary.ts', "import { x } from '@consilium/coordinator';\nexport { x };\n", BOUNDARY],
  ['a relative import across projects', 'libs/learning/src/canary.ts', "import { x } from '../../statistics/src/index.js';\nexport { x };\n", BOUNDARY],
  ['anybody importing a tool', 'apps/site-agent/src/canary.ts', "import { x } from '@consilium/cli';\nexport { x };\n", BOUNDARY],
];

describe('the floors of the house', () => {
  it.each(offences)('refuse %s', async (_what, file, code, rule) => {
    expect(await complaints(file, code)).toContain(rule);
  });

  it.each([
    ['libs/learning/src/canary.ts', "import { x } from '@consilium/statistics';\nexport { x };\n"],
    ['libs/statistics/src/canary.ts', "import { x } from '@consilium/numerics';\nexport { x };\n"],
    ['apps/coordinator/src/canary.ts', "import { x } from '@consilium/federation';\nexport { x };\n"],
    ['apps/site-agent/src/canary.ts', "import { x } from '@consilium/imaging';\nexport { x };\n"],
    ['apps/dashboard/src/canary.tsx', "import { x } from '@consilium/interface';\nexport { x };\n"],
    ['libs/transport/src/canary.ts', "import { io } from 'socket.io-client';\nexport { io };\n"],
  ])('let %s import what its floor and place allow', async (file, code) => {
    expect(await complaints(file, code)).toStrictEqual([]);
  });
});
