import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const only = (sourceTag, onlyDependOnLibsWithTags, extra = {}) => ({ sourceTag, onlyDependOnLibsWithTags, ...extra });

/** Floors (docs/explanation-architecture.md): a project imports its own floor and those below; infrastructure only the contract. */
const floors = [
  only('floor:0-contract', ['floor:0-contract'], { allowedExternalImports: ['zod'] }),
  only('floor:1-mathematics', ['floor:1-mathematics'], { allowedExternalImports: [] }),
  only('floor:2-methods', ['floor:0-contract', 'floor:1-mathematics', 'floor:2-methods'], {
    allowedExternalImports: ['node:*', 'zod', 'yaml', 'csv-parse', 'csv-parse/*', 'iconv-lite', 'dicom-parser', '@cornerstonejs/*', 'tweetnacl', 'onnx-proto'],
  }),
  only('floor:3-federation', ['floor:0-contract', 'floor:1-mathematics', 'floor:2-methods', 'floor:3-federation'], {
    allowedExternalImports: ['node:*', 'zod', 'yaml'],
  }),
  only('floor:4-infrastructure', ['floor:0-contract', 'floor:4-infrastructure']),
  only('floor:5-application', ['*']),
];

/** Where a project may run: the coordinator cannot import code that reads pixels or patient tables. */
const places = [
  only('runs:anywhere', ['runs:anywhere']),
  only('runs:site', ['runs:site', 'runs:anywhere']),
  only('runs:coordinator', ['runs:coordinator', 'runs:anywhere']),
  only('runs:browser', ['runs:browser', 'runs:anywhere']),
  only('runs:tool', ['*']),
];

/** Two folders up are the project's own commands for `test` alone, which tries them. */
const boundaries = (floorRules) => ['error', { allow: ['../../scripts/*'], enforceBuildableLibDependency: false, depConstraints: [...floorRules, ...places] }];

/** Each project's eslint.config.mjs adds its own file rules with this: file patterns are relative to the project. */
export const forbid = (group, message) => ({ 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] });

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/fixtures/**', '**/assembly/**', '**/vite.config.ts'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: { parser: tseslint.parser, parserOptions: { tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx, '@typescript-eslint': tseslint.plugin },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(floors),
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    ignores: ['**/*.spec.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    // The router's redirects are thrown and are no errors; its params are asserted where a page does not name its route.
    files: ['**/*.tsx'],
    rules: { '@typescript-eslint/only-throw-error': 'off', '@typescript-eslint/no-unnecessary-type-assertion': 'off' },
  },
  {
    files: ['**/*.spec.ts'],
    // Specs obey the floors too, but may use any package (a test witness).
    rules: { '@nx/enforce-module-boundaries': boundaries(floors.map(({ sourceTag, onlyDependOnLibsWithTags }) => only(sourceTag, onlyDependOnLibsWithTags))), 'max-lines-per-function': 'off', 'max-lines': ['error', 600], 'no-console': 'off' },
  },
);
