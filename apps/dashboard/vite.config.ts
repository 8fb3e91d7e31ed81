import { pagesConfiguration } from '../../scripts/pages-configuration.mjs';

export default pagesConfiguration(import.meta.dirname, { target: process.env['CONSILIUM_CENTRE'] ?? 'https://localhost:8443', secure: false });
