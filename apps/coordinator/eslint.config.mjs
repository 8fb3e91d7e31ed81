import base, { forbid } from '../../eslint.config.mjs';

export default [
  ...base,
  {
    files: ['**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: forbid(['@consilium/federation/site', '@consilium/federation/in-process'], 'The coordinator never imports what runs on patient rows.'),
  },
];
