import { useFormState, type Control, type FieldError, type FieldValues } from 'react-hook-form';
import { Failure } from './failure.js';
import { Refused } from './requests.js';

interface FormRefusalProps<Values extends FieldValues, Out> {
  readonly control: Control<Values, unknown, Out>;
  /** What did not happen. */
  readonly title: string;
  /** Where the code and what to do would only be in the way. */
  readonly sentenceOnly?: boolean;
}

/** What the server refused of a form as a whole, above its fields. */
export function FormRefusal<Values extends FieldValues, Out>({ control, title, sentenceOnly = false }: FormRefusalProps<Values, Out>) {
  const { errors } = useFormState({ control });
  const root = errors.root as FieldError | undefined;
  if (root === undefined) return null;
  const { message, types = {} } = root;
  return <Failure error={message === undefined ? undefined : new Refused(0, message, sentenceOnly ? {} : (types as Refused['details']))} title={title} />;
}
