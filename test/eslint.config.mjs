import base from '../eslint.config.mjs';
import tseslint from 'typescript-eslint';

/** Suites and benches are checked by the compiler (npm run typecheck); they print, and they may be long. */
export default [
  ...base,
  { files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked, languageOptions: { parserOptions: { projectService: false, tsconfigRootDir: import.meta.dirname } } },
  { files: ['**/*.ts'], rules: { 'no-console': 'off', 'max-lines-per-function': 'off' } },
];
