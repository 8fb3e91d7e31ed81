/** What serves a web application. An entry of its own: it loads Express, which most programs do without. */
export { isOwnPage } from './own-page.js';
export { pageFiles, type PageFilesOptions } from './page-files.js';
