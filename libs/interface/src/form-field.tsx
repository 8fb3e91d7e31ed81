import { Checkbox, FormControlLabel, FormHelperText, TextField, type TextFieldProps } from '@mui/material';
import { useId, type ReactNode } from 'react';
import { useController, type FieldError, type FieldPath, type FieldValues, type UseControllerProps } from 'react-hook-form';
import { useWords } from './words.js';

type Bound<Values extends FieldValues, Out> = Pick<UseControllerProps<Values, FieldPath<Values>, Out>, 'control' | 'name' | 'rules'>;

/** The mistake of a field in the language of the page, said when it appears. */
function Mistake({ message }: { readonly message: string | undefined }) {
  const words = useWords();
  return message === undefined || message === '' ? null : <span role="alert">{words.told(message)}</span>;
}

type FormFieldProps<Values extends FieldValues, Out> = Bound<Values, Out> & Omit<TextFieldProps, 'name' | 'value' | 'defaultValue' | 'onChange' | 'onBlur' | 'error' | 'inputRef' | 'ref'>;

/** A text, number or time of a form, with its mistake beside it. An empty number is NaN. */
export function FormField<Values extends FieldValues, Out>({ control, name, rules, helperText, slotProps, ...shown }: FormFieldProps<Values, Out>) {
  const { field, fieldState } = useController({ control, name, rules });
  const { ref, value, onChange, ...bound } = field;
  const { error } = fieldState;
  const isNumber = shown.type === 'number';
  // A browser draws a clock or half a number where the value is still empty: the label stays out of its way.
  const label = isNumber || shown.type === 'time' ? { inputLabel: { shrink: true } } : {};
  return (
    <TextField
      {...shown}
      {...bound}
      slotProps={{ ...slotProps, ...label }}
      inputRef={ref}
      value={isNumber && Number.isNaN(value) ? '' : value}
      onChange={({ target }) => onChange(!isNumber ? target.value : target.value === '' ? Number.NaN : Number(target.value))}
      error={error !== undefined}
      helperText={
        error === undefined ? helperText : (
          <>
            <Mistake message={error.message} /> {helperText}
          </>
        )
      }
    />
  );
}

/** Below a field of another kind. */
export const FormMistake = ({ id, error }: { readonly id?: string; readonly error: FieldError | undefined }) =>
  error && (
    <FormHelperText id={id} error>
      <Mistake message={error.message} />
    </FormHelperText>
  );

type FormCheckProps<Values extends FieldValues, Out> = Bound<Values, Out> & { readonly label: ReactNode; readonly size?: 'small' | 'medium' };

/** Yes or no. */
export function FormCheck<Values extends FieldValues, Out>({ control, name, rules, label, size = 'medium' }: FormCheckProps<Values, Out>) {
  const id = useId();
  const { field, fieldState } = useController({ control, name, rules });
  const { ref, value, ...bound } = field;
  const { error } = fieldState;
  return (
    <div>
      <FormControlLabel control={<Checkbox {...bound} size={size} checked={value === true} slotProps={{ input: { ref, ...mistaken(error, id) } }} />} label={label} />
      <FormMistake id={id} error={error} />
    </div>
  );
}

type FormChecksProps<Values extends FieldValues, Out> = Bound<Values, Out> & {
  readonly legend: string;
  readonly options: readonly { readonly value: string; readonly label: ReactNode }[];
  /** All together are null, as no choice was made. */
  readonly allAreNull?: boolean;
  readonly size?: 'small' | 'medium';
  /** Shown where there are no options. */
  readonly children?: ReactNode;
};

/** Some of many: the list of those that are ticked. */
export function FormChecks<Values extends FieldValues, Out>({ control, name, rules, legend, options, allAreNull = false, size = 'medium', children }: FormChecksProps<Values, Out>) {
  const id = useId();
  const { field, fieldState } = useController({ control, name, rules });
  const { error } = fieldState;
  const ticked = (field.value as readonly string[] | null) ?? options.map(({ value }) => value);
  const tick = (value: string, checked: boolean): void => {
    const next = options.map((option) => option.value).filter((one) => (one === value ? checked : ticked.includes(one)));
    field.onChange(allAreNull && next.length === options.length ? null : next);
  };
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
      <legend className="control-label">{legend}</legend>
      {options.length === 0 && children}
      {options.map(({ value, label }, i) => (
        <FormControlLabel
          key={value}
          control={<Checkbox size={size} checked={ticked.includes(value)} onBlur={field.onBlur} onChange={(_, checked) => tick(value, checked)} slotProps={{ input: { ...(i === 0 ? { ref: field.ref } : {}), ...mistaken(error, id) } }} />}
          label={label}
        />
      ))}
      <FormMistake id={id} error={error} />
    </fieldset>
  );
}

/** What tells of a field that it is mistaken, and where it says why. */
const mistaken = (error: object | undefined, id: string) => (error === undefined ? {} : { 'aria-invalid': true, 'aria-describedby': id });
