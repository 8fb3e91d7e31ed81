import base, { forbid } from '../../eslint.config.mjs';

export default [
  ...base,
  { files: ['**/site.ts'], rules: forbid(['./coordinator.js', '**/coordinator.js'], 'The site half never imports the coordinator half.') },
  { files: ['**/coordinator.ts'], rules: forbid(['./site.js', '**/site.js'], 'The coordinator half never imports the site half.') },
];
