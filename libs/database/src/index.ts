export { createDataSource, dataSourceOptions, runMigrations, type DataSourceSettings } from './data-source.js';
export { openDatabase, type Database, type DatabaseChoice, type OpenDatabaseOptions } from './open-database.js';
export { backOff, retryWhileDown, type RetryOptions, type Wait } from './retry-while-down.js';
export { acquireRunLock, type RunLock, type RunLockOptions } from './run-lock.js';
export { copyCluster, prepareCluster, type ClusterOptions } from './server/cluster.js';
export { canHoldDatabase, type AccountIds } from './server/server-account.js';
export { PostgresSupervisor, type SupervisorOptions } from './server/supervisor.js';
export { withSessionLock } from './session-lock.js';
export { isTransientDatabaseError } from './transient-errors.js';
