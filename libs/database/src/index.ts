export { createDataSource, dataSourceOptions, runMigrations, type DataSourceSettings } from './data-source.js';
export { backOff, retryWhileDown, type RetryOptions, type Wait } from './retry-while-down.js';
export { acquireRunLock, type RunLock, type RunLockOptions } from './run-lock.js';
export { withSessionLock } from './session-lock.js';
export { isTransientDatabaseError } from './transient-errors.js';
