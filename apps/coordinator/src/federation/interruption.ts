import type { ErrorCode } from '@consilium/protocol';

/** Why an execution ends before its plan does. The run itself is unharmed. */
export abstract class Interruption extends Error {}

/** This process executes the run no longer: it is shutting down, lost its lock, or somebody paused or cancelled the run. */
export class Stopped extends Interruption {
  override readonly name = 'Stopped';
}

/** The run must wait, for a reason that people can read. */
export class MustWait extends Interruption {
  override readonly name = 'MustWait';

  constructor(
    readonly code: ErrorCode,
    sentence: string,
    options?: ErrorOptions,
  ) {
    super(sentence, options);
  }
}

/** Sites missed the deadline and the plan lets the survivors go on: the stage begins again without them. */
export class GoOnWithout extends Interruption {
  override readonly name = 'GoOnWithout';

  constructor(readonly sites: readonly string[]) {
    super(`Without ${sites.join(', ')}`);
  }
}
