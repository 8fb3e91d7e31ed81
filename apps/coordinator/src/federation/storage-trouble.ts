import { diskTrouble } from '@consilium/operations';
import { ConsiliumError, coordinatorErrors } from '@consilium/protocol';

/** E219 where the disk took nothing more, which is no fault of the program; undefined for every other failure. */
export function storageTrouble(cause: unknown): ConsiliumError | undefined {
  const reason = diskTrouble(cause);
  const sentence = `The coordinator cannot write its folder: ${reason ?? ''}. The run waits; contributions that are not settled are safe at their sites.`;
  return reason === undefined ? undefined : new ConsiliumError(coordinatorErrors.storageTrouble, sentence, { cause });
}
