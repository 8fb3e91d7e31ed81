import { ConsiliumError, dataErrors } from '@consilium/protocol';
import { ParameterFileError, parseParameterFile } from '@consilium/radiomics';

const checked = new Map<string, string | null>();

/** What is wrong with the settings of a sequence, or null. They are the plan's and hold no patient data. */
export function settingsProblem(sequence: string, settings: string): string | null {
  const known = checked.get(settings);
  if (known !== undefined) return known === null ? null : `The extraction settings of ${sequence} have mistakes: ${known}`;
  try {
    parseParameterFile(settings);
    checked.set(settings, null);
    return null;
  } catch (error) {
    if (!(error instanceof ParameterFileError)) throw error;
    checked.set(settings, error.message.replaceAll('\n', ' '));
    return settingsProblem(sequence, settings);
  }
}

export function requireSettings(sequence: string, settings: string): void {
  const problem = settingsProblem(sequence, settings);
  if (problem !== null) throw new ConsiliumError(dataErrors.imagesUnusable, `${problem} Nothing was computed.`);
}
