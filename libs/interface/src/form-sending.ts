import type { FieldPath, FieldValues, UseFormReturn } from 'react-hook-form';
import { Refused } from './requests.js';

/** What a form needs of useForm to send itself. */
export type SendingForm<Values extends FieldValues, Out> = Pick<UseFormReturn<Values, unknown, Out>, 'handleSubmit' | 'setError' | 'getValues'>;

/**
 * Checks a form, sends it, and says what the server refuses: beside the field that it names, with the focus on the first; else at the form (`root`, which
 * `FormRefusal` shows). What was typed stays.
 */
export function sending<Values extends FieldValues, Out>(form: SendingForm<Values, Out>, send: (request: Out) => Promise<unknown>): () => Promise<void> {
  return form.handleSubmit(async (request) => {
    try {
      await send(request);
    } catch (error) {
      refuse(form, error);
    }
  });
}

/** A problem as the servers tell it: `field.of.the.request: sentence`. */
const PROBLEM = /^([A-Za-z]\w*(?:\.\w+)*): (.+)$/s;

function refuse<Values extends FieldValues, Out>(form: SendingForm<Values, Out>, error: unknown): void {
  // Not an answer: the page itself met a fault.
  if (!(error instanceof Refused)) return form.setError('root', { type: 'fault' });
  const { problems = [], code, help } = error.details;
  const left: string[] = [];
  let placed = 0;
  for (const problem of problems) {
    const [, path, message] = PROBLEM.exec(problem) ?? [];
    // Of a list the list is the field.
    const name = path?.replace(/\.\d+(\..*)?$/, '') as FieldPath<Values> | undefined;
    if (name === undefined || form.getValues(name) === undefined) left.push(problem);
    else form.setError(name, { type: 'refused', message: message! }, { shouldFocus: placed++ === 0 });
  }
  if (placed === 0 || left.length > 0) form.setError('root', { type: 'refused', message: error.sentence, types: { ...(code === undefined ? {} : { code }), ...(help === undefined ? {} : { help }), problems: left } });
}
