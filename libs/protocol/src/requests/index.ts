/** Requests that people make in a form: the server checks them by these schemas, and a page before it sends. */
export * from './centre-requests.js';
export * from './site-requests.js';
