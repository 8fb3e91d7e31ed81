/** An image or mask that cannot be used. The sentence says what is wrong and what to do; the caller adds what did not happen. It holds no path, tag value or identifier. */
export class ImageFileError extends Error {
  override readonly name = 'ImageFileError';

  constructor(
    /** The kind of problem, for counting and for tests: 'truncated', 'geometry', 'empty-roi', … */
    readonly kind: string,
    sentence: string,
    options?: ErrorOptions,
  ) {
    super(sentence, options);
  }
}
