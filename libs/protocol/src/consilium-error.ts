import type { ErrorCode } from './error-codes/index.js';

/**
 * A failure with a code. Its message may be shown at either end, so it holds a plain sentence and never patient data, a tag value or a file path.
 */
export class ConsiliumError extends Error {
  override readonly name = 'ConsiliumError';

  constructor(
    readonly definition: ErrorCode,
    sentence: string = definition.title,
    options?: ErrorOptions,
  ) {
    super(sentence, options);
  }

  get code(): string {
    return this.definition.code;
  }
}
