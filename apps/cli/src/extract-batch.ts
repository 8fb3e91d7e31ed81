import type { ExtractOptions } from './extract-command.js';
import type { ExtractContext } from './extract-run.js';

export async function runBatch(_options: ExtractOptions & { batch: string }, _context: ExtractContext): Promise<void> {}
