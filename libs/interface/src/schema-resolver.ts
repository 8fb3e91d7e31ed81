import { get, set, type FieldErrors, type FieldValues, type Resolver } from 'react-hook-form';

type Checked<Out> = { readonly value: Out; readonly issues?: undefined } | { readonly issues: readonly { readonly message: string; readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined }[] };

/** What a schema of the Standard Schema (standardschema.dev), such as one of Zod, offers to whom checks a value by it. */
export interface CheckingSchema<Out> {
  readonly '~standard': { readonly validate: (value: unknown) => Checked<Out> | Promise<Checked<Out>> };
}

/**
 * Checks a form by the schema of the request that it makes, so that a rule stands in one place for page and server. Each mistake stands at the field that
 * holds it, the first one of a field; what belongs to no field stands at the form. What is sent is what the schema makes of it.
 */
export function schemaResolver<Values extends FieldValues, Out>(schemaOf: CheckingSchema<Out> | ((values: Values) => CheckingSchema<Out>), requestOf: (values: Values) => unknown = (values) => values): Resolver<Values, unknown, Out> {
  return async (values, _context, { fields }) => {
    const schema = typeof schemaOf === 'function' ? schemaOf(values) : schemaOf;
    const checked = await schema['~standard'].validate(requestOf(values));
    if (checked.issues === undefined) return { values: checked.value, errors: {} };
    const errors: FieldErrors<Values> = {};
    for (const { message, path = [] } of checked.issues) {
      const keys = path.map((key) => String(typeof key === 'object' ? key.key : key));
      const name = keys.map((_, i) => keys.slice(0, keys.length - i).join('.')).find((one) => get(fields, `${one}.name`) === one) ?? 'root';
      if (get(errors, name) === undefined) set(errors, name, { type: 'schema', message });
    }
    return { values: {}, errors };
  };
}
