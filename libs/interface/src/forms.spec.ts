import { createFormControl } from 'react-hook-form';
import { describe, expect, it } from 'vitest';
import { accountRequestSchema, exclusionRequestSchema, settingsRequestSchema } from '@consilium/protocol/requests';
import { sending } from './form-sending.js';
import { Refused } from './requests.js';
import { schemaResolver } from './schema-resolver.js';

const account = { name: 'Anna', role: 'investigator', password: 'short' };

/** A form as useForm makes it, without a page, with fields of these names. */
function formOf<Values extends object, Out>(defaultValues: Values, fields: readonly string[], resolver?: ReturnType<typeof schemaResolver<Values, Out>>) {
  const { formControl: form } = createFormControl<Values, unknown, Out>({ defaultValues: defaultValues as never, ...(resolver ? { resolver } : {}) });
  for (const field of fields) form.register(field as never);
  return { form, said: (name: string) => (form.getFieldState(name as never).error as { message?: string } | undefined)?.message, root: () => form.control._formState.errors.root as object | undefined };
}

describe('a form', () => {
  it('says each mistake that the schema of its request finds at its field, and sends nothing', async () => {
    const sent: unknown[] = [];
    const { form, said } = formOf(account, ['name', 'role', 'password'], schemaResolver(accountRequestSchema));
    await sending(form, async (request) => sent.push(request))();
    expect(said('name')).toMatch(/^Begin with a lower-case letter/);
    expect(said('password')).toBe('Write at least 12 characters.');
    expect([said('role'), sent]).toEqual([undefined, []]);
  });

  it('sends what the schema makes of its request, when the values of the form are another shape', async () => {
    const sent: unknown[] = [];
    const resolver = schemaResolver(exclusionRequestSchema, ({ reason, withdrew }: { reason: string; withdrew: boolean }) => ({ decision: 'excluded', reason, ...(withdrew ? { consent: 'withdrawn' } : {}) }));
    const { form } = formOf({ reason: '  moved away ', withdrew: true }, ['reason', 'withdrew'], resolver);
    await sending(form, async (request) => sent.push(request))();
    expect(sent).toEqual([{ decision: 'excluded', reason: 'moved away', consent: 'withdrawn' }]);
  });

  it('says a mistake inside of a field at the field, and one of no field at the form', async () => {
    const count = { minimumCell: 0, minimumPatients: Number.NaN, minimumPerClass: 0, minimumBin: 0, minimumLeaf: 0, minimumDifference: 0, parametersPerPatient: 0 };
    const values = { disclosure: count, allowedSteps: ['describe/*', ''], approvalDays: 0, keepDays: 30, hours: { from: '25:00', to: '07:00' } };
    const { form, said, root } = formOf(values, ['disclosure.minimumPatients', 'allowedSteps', 'hours.from'], schemaResolver(settingsRequestSchema));
    await sending(form, async () => expect.unreachable())();
    expect(said('disclosure.minimumPatients')).toBe('Write a whole number from 0 to 100000.');
    expect(said('allowedSteps')).toBeDefined();
    expect(said('hours.from')).toBe('Write a time of the day as 19:00.');
    expect(root()).toMatchObject({ message: 'Write a whole number of days from 1 to 3650.' });
  });

  it('says what the server refuses beside the field that it names, keeps what was typed, and the rest above', async () => {
    const { form, said, root } = formOf({ ...account, sites: ['A'] }, ['name', 'password', 'sites']);
    await sending(form, () => Promise.reject(new Refused(400, 'The request does not fit. Nothing was changed.', { problems: ['name: Taken.', 'sites.0: Not admitted.', 'Line 3, version: a number'] })))();
    expect([said('name'), said('sites'), said('password')]).toEqual(['Taken.', 'Not admitted.', undefined]);
    expect(root()).toMatchObject({ message: 'The request does not fit. Nothing was changed.', types: { problems: ['Line 3, version: a number'] } });
    expect(form.getValues()).toEqual({ ...account, sites: ['A'] });
    await sending(form, () => Promise.reject(new Refused(409, 'There is one already.', { code: 'E204', help: 'Choose another.' })))();
    expect(root()).toMatchObject({ message: 'There is one already.', types: { code: 'E204', help: 'Choose another.' } });
    await sending(form, () => Promise.reject(new TypeError('a fault of the page')))();
    expect(root()).toMatchObject({ type: 'fault' });
    await sending(form, async () => 'done')();
    expect(root()).toBeUndefined();
  });
});
