import type { createLogger } from '@consilium/operations';

export type Log = ReturnType<typeof createLogger>;
