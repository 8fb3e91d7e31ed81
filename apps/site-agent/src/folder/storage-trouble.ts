import { diskTrouble } from '@consilium/operations';
import { agentErrors, ConsiliumError } from '@consilium/protocol';

/** E319 where the disk took nothing more, which is no fault of the program; undefined for every other failure. */
export function storageTrouble(cause: unknown, consequence: string): ConsiliumError | undefined {
  const reason = diskTrouble(cause);
  return reason === undefined ? undefined : new ConsiliumError(agentErrors.storageTrouble, `The site folder cannot be written: ${reason}. ${consequence}`, { cause });
}

/** E319 for a record that must be on the disk before anything is sent. */
export function unwritten(record: string, cause: unknown): ConsiliumError {
  const reason = diskTrouble(cause);
  return new ConsiliumError(agentErrors.storageTrouble, `${record} cannot be written${reason === undefined ? '' : `: ${reason}`}. Nothing was sent.`, { cause });
}
