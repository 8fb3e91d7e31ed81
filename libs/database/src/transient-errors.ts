/** SQLSTATEs that say "not now": the connection, the server or a neighbour's transaction stood in the way, not the statement itself. */
const transientStates = new Set([
  '40001', // serialization failure
  '40P01', // deadlock, this transaction was chosen to end
  '53000', '53100', '53200', '53300', // insufficient resources: disk, memory, connections
  '57P01', '57P02', '57P03', // shutdown by an administrator, after a crash, or still starting
  '57P05', // idle session ended by the server
]);

const transientSystemCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);

/** The driver gives these without a code. */
const transientMessages = [
  /^Connection terminated/,
  /connection error and is not queryable/,
  /^timeout exceeded when trying to connect/,
  /^timeout expired/,
  /server closed the connection/,
];

interface Failure {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly syscall?: unknown;
  readonly cause?: unknown;
  readonly driverError?: unknown;
  readonly errors?: unknown;
}

function isTransientItself({ code, message, syscall }: Failure): boolean {
  if (typeof code === 'string') {
    if (transientStates.has(code) || /^08[0-9A-Z]{3}$/.test(code) || transientSystemCodes.has(code)) return true;
    // A Unix socket that is not there is a server that is not there.
    if (code === 'ENOENT') return syscall === 'connect';
  }
  return typeof message === 'string' && transientMessages.some((pattern) => pattern.test(message));
}

/**
 * Whether a failure of a database call passes by itself: the server is away, starting, stopping or out of connections, the network is down,
 * or two transactions met. A statement the server refused (a constraint, a missing table, a wrong password) is not transient.
 *
 * A connection lost during COMMIT leaves it open whether the transaction took place: what is tried again must be safe to do twice.
 */
export function isTransientDatabaseError(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 5) return false;
  const failure: Failure = error;
  if (isTransientItself(failure)) return true;
  const inner = [failure.driverError, failure.cause, ...(Array.isArray(failure.errors) ? (failure.errors as unknown[]) : [])];
  return inner.some((one) => isTransientDatabaseError(one, depth + 1));
}
