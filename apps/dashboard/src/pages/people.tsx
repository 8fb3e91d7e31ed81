import { Button, Dialog, DialogActions, DialogContent, DialogTitle, TextField } from '@mui/material';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { say } from '@consilium/charts';
import { Choice, ConfirmButton, Failure, Loaded, Page, PlainTable, Tag } from '@consilium/interface';
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

function NewAccount() {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [role, setRole] = useState<Role>('investigator');
  const make = useMutation({
    mutationFn: () => api.createAccount({ name, role, password }),
    onSuccess: () => {
      setOpen(false);
      setPassword('');
      refresh();
    },
  });
  return (
    <>
      <Button variant="contained" onClick={() => setOpen(true)}>
        New account
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} fullWidth maxWidth="sm" aria-labelledby="new-account">
        <DialogTitle id="new-account">New account</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 4 }}>
          {make.error && <Failure error={make.error} title="The account was not made" />}
          <TextField label="Name: lower-case letters, figures, . _ -" value={name} onChange={(event) => setName(event.target.value)} sx={{ mt: 2 }} />
          <Choice label="Role" value={role} onChange={(value) => setRole(value as Role)} options={[{ value: 'investigator', label: 'Investigator' }, { value: 'data-scientist', label: 'Data scientist' }, { value: 'administrator', label: 'Administrator' }]} />
          <TextField label="Password, at least 12 characters" type="password" autoComplete="new-password" value={password} onChange={(event) => setPassword(event.target.value)} />
        </DialogContent>
        <DialogActions>
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button variant="contained" onClick={() => make.mutate()}>
            Make account
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
