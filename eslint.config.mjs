import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const only = (sourceTag, onlyDependOnLibsWithTags, extra = {}) => ({ sourceTag, onlyDependOnLibsWithTags, ...extra });

/** Floors (docs/explanation-architecture.md): a project imports its own floor and those below; infrastructure only the contract. */
const floors = [
  only('floor:0-contract', ['floor:0-contract'], { allowedExternalImports: ['zod'] }),
  only('floor:1-mathematics', ['floor:1-mathematics'], { allowedExternalImports: [] }),
  only('floor:2-methods', ['floor:0-contract', 'floor:1-mathematics', 'floor:2-methods'], {
    allowedExternalImports: ['node:*', 'zod', 'yaml', 'csv-parse', 'csv-parse/*', 'iconv-lite', 'dicom-parser', '@cornerstonejs/*', 'tweetnacl'],
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

const forbid = (group, message) => ({ 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] });

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/fixtures/**', 'test/boundaries/offenders/**'] },
  {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser },
    plugins: { '@nx': nx, '@typescript-eslint': tseslint.plugin },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { allow: [], enforceBuildableLibDependency: false, depConstraints: [...floors, ...places] }],
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.ts'],
    ignores: ['**/*.spec.ts', 'test/**'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', 'max-lines': ['error', 600], 'no-console': 'off' },
  },
  {
    files: ['apps/cli/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  { files: ['libs/federation/src/**/site.ts'], rules: forbid(['./coordinator.js', '**/coordinator.js'], 'The site half never imports the coordinator half.') },
  { files: ['libs/federation/src/**/coordinator.ts'], rules: forbid(['./site.js', '**/site.js'], 'The coordinator half never imports the site half.') },
  {
    files: ['apps/coordinator/**/*.ts'],
    rules: forbid(['@consilium/federation/site', '@consilium/federation/in-process'], 'The coordinator never imports what runs on patient rows.'),
  },
);
