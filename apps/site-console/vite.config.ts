import { pagesConfiguration } from '../../scripts/pages-configuration.mjs';

export default pagesConfiguration(import.meta.dirname, { target: process.env['CONSILIUM_CONSOLE'] ?? 'http://127.0.0.1:8440' });
