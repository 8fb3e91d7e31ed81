import base from '../../eslint.config.mjs';

/** The command line speaks on the console. */
export default [...base, { files: ['**/*.ts'], rules: { 'no-console': 'off' } }];
