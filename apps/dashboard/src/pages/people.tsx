import { Button } from '@mui/material';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { say } from '@consilium/charts';
import { Choice, ConfirmButton, Failure, FormDialog, FormField, FormMistake, FormRefusal, Loaded, Page, PlainTable, schemaResolver, sending, Tag } from '@consilium/interface';
import { accountRequestSchema } from '@consilium/protocol/requests';
import { api, type Role } from '../api.js';
import { ask, queries } from '../queries.js';

const refresh = () => void queries.invalidateQueries({ queryKey: ask.accounts.queryKey });

/** Accounts of the centre and their roles; for administrators. */
export function People() {
  const accounts = useQuery(ask.accounts);
  const { data: me } = useQuery(ask.me);
  const close = useMutation({ mutationFn: (name: string) => api.closeAccount(name), onSuccess: refresh });
  return (
    <Page title="People" answer="An investigator reads, a data scientist writes plans and runs them, an administrator also admits hospitals and people." action={me?.role === 'administrator' ? <NewAccount /> : undefined}>
      {close.error && <Failure error={close.error} title="The account was not closed" />}
      <Loaded query={accounts} height={160}>
        {(list) => (
          <PlainTable
            caption="Accounts"
            columns={[{ label: 'Name' }, { label: 'Role' }, { label: 'Made' }, { label: 'State' }, { label: 'Change' }]}
            rows={list.map((account) => ({
              key: account.name,
              cells: [
                account.name,
                account.role.replace('-', ' '),
                say.moment(account.createdAt),
                account.closedAt === null ? <Tag key="state" tone="good">Open</Tag> : <Tag key="state">{`Closed ${say.day(account.closedAt)}`}</Tag>,
                account.closedAt === null && account.name !== me?.name ? <ConfirmButton key="close" label="Close…" question={`Close the account of ${account.name}?`} consequence="They can no longer sign in, and their sessions end now." confirm="Close account" onConfirm={() => close.mutate(account.name)} /> : '–',
              ],
            }))}
          />
        )}
      </Loaded>
    </Page>
  );
}

const roleOptions: readonly { readonly value: Role; readonly label: string }[] = [
  { value: 'investigator', label: 'Investigator' },
  { value: 'data-scientist', label: 'Data scientist' },
  { value: 'administrator', label: 'Administrator' },
];

interface AccountFields {
  readonly name: string;
  readonly role: Role;
  readonly password: string;
}

function NewAccount() {
  const [open, setOpen] = useState(false);
  const form = useForm<AccountFields, unknown, AccountFields>({ defaultValues: { name: '', role: 'investigator', password: '' }, resolver: schemaResolver(accountRequestSchema) });
  const { control, formState } = form;
  const make = sending(form, async (account) => {
    await api.createAccount(account);
    setOpen(false);
    form.reset();
    refresh();
  });
  return (
    <>
      <Button variant="contained" onClick={() => setOpen(true)}>
        New account
      </Button>
      <FormDialog
        open={open}
        onClose={() => setOpen(false)}
        title="New account"
        onSubmit={make}
        actions={
          <>
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button type="submit" variant="contained" disabled={formState.isSubmitting}>
              Make account
            </Button>
          </>
        }
      >
        <FormRefusal control={control} title="The account was not made" />
        <FormField control={control} name="name" label="Name: lower-case letters, figures, . _ -" sx={{ mt: 2 }} />
        <Controller
          control={control}
          name="role"
          render={({ field, fieldState }) => (
            <div>
              <Choice label="Role" value={field.value} onChange={field.onChange} options={roleOptions} />
              <FormMistake error={fieldState.error} />
            </div>
          )}
        />
        <FormField control={control} name="password" label="Password, at least 12 characters" type="password" autoComplete="new-password" />
      </FormDialog>
    </>
  );
}
