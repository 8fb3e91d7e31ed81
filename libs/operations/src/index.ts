export {
  createCertificateAuthority,
  ensureServerCertificate,
  issueServerCertificate,
  type CertificateAuthority,
  type CertificateOptions,
  type ServerCertificate,
  type ServerCertificateRequest,
} from './certificate-authority.js';
export { ChainedLog, verifyChainedLog, type ChainVerification } from './chained-log.js';
export type { ChainBreak, ChainedRecord, ChainHead } from './chained-record.js';
export { ConfigurationError, parseConfiguration, type ConfigurationProblem, type ConfigurationSources } from './configuration.js';
export { leaveNoCoreDump } from './core-dumps.js';
export { diskTrouble } from './disk-trouble.js';
export { removeUnfinished, syncFolder, writeDurably, type DurableWriteOptions } from './durable-file.js';
export { fileStamp } from './file-stamp.js';
export { checkHealth, type HealthCheck, type HealthFinding, type HealthReport, type HealthState } from './health.js';
export { clockSkewMilliseconds, diskCheck, freeDiskBytes, judgeClock, judgeDisk, type ClockReading, type DiskLimits } from './host-checks.js';
export { createLogger, NestPinoLogger, type LoggerOptions, type LogLevel } from './logger.js';
export { createMetrics, type Metrics } from './metrics.js';
export { Shutdown, type ShutdownOptions } from './shutdown.js';
export { collectGarbageWhole } from './whole-collections.js';
export { LARGE_PAGES } from './large-pages.js';
export { writeWhole } from './write-whole.js';
