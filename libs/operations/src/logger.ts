import type { EventEmitter } from 'node:events';
import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Level, type Logger } from 'pino';

export type LogLevel = Level | 'silent';

export interface LoggerOptions {
  readonly name: string;
  readonly level?: LogLevel;
  /** Standard output by default. A path is opened for appending, its folders made. */
  readonly destination?: DestinationStream | string;
  /** Further field paths to hide, in pino's notation. */
  readonly redact?: readonly string[];
}

const secrets = ['password', 'token', 'secret', 'invite', 'keyPem', 'privateKey', 'secretKey', 'seed', 'databaseUrl', 'authorization', 'cookie'];

/** Fields that may hold a secret, at the top of a log object and one level down. `err.code` is an error code and stays readable. */
const hidden = [
  ...secrets,
  ...secrets.map((name) => `*.${name}`),
  'enrolment.code',
  'body.code',
  'database.url',
  'req.headers.authorization',
  'req.headers.cookie',
  'res.headers["set-cookie"]',
];

/** Of lines that wait for a disk that takes none; later ones are dropped. */
const WAITING_BYTES = 1 << 20;

/** JSON lines with ISO times. Known secrets are replaced; what else a log may hold is the caller's rule: never patient data, never paths at a site. */
export function createLogger({ name, level = 'info', destination, redact = [] }: LoggerOptions): Logger {
  const stream = typeof destination === 'object' ? destination : pino.destination({ dest: destination ?? 1, mkdir: true, sync: true, maxLength: WAITING_BYTES });
  outliveDestination(stream);
  const options = {
    name,
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: [...hidden, ...redact], censor: '[hidden]' },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, stream);
}

/** A full disk or a reader that went away costs lines of the log and not the program: what must not be lost is not in a log. */
function outliveDestination(stream: DestinationStream): void {
  if ('on' in stream && typeof stream.on === 'function') (stream as unknown as EventEmitter).on('error', () => undefined);
}

/** Nest's own messages through pino. Nest passes the context (a class name) as the last parameter and a stack before it. */
export class NestPinoLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  private write(level: Level, message: unknown, rest: unknown[]): void {
    const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
    const stack = rest.length > 1 && typeof rest[0] === 'string' ? rest[0] : undefined;
    const fields = { ...(context ? { context } : {}), ...(stack ? { stack } : {}) };
    if (message instanceof Error) this.logger[level]({ ...fields, err: message }, message.message);
    else if (typeof message === 'string') this.logger[level](fields, message);
    else this.logger[level]({ ...fields, detail: message }, 'Nest');
  }
}
