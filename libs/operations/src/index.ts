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
export { removeUnfinished, syncFolder, writeDurably, type DurableWriteOptions } from './durable-file.js';
export { createLogger, NestPinoLogger, type LoggerOptions, type LogLevel } from './logger.js';
