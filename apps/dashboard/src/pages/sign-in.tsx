import { Button } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useForm } from 'react-hook-form';
import { Form, FormField, FormRefusal, Refusal, sending } from '@consilium/interface';
import { api } from '../api.js';
import { ask, queries } from '../queries.js';
import { router } from '../router.js';

/** Only pages of this dashboard: an address elsewhere is not followed. */
const within = (to: string | undefined): string => (to !== undefined && /^\/(?![/\\])/.test(to) && !to.startsWith('/sign-in') ? to : '/studies');

/** Why somebody who came back from the identity provider is not let in. */
const refusals: Readonly<Record<string, string>> = {
  'no-role': 'Your institution knows you, but no group of yours has a role here. Ask an administrator of this centre.',
  'no-name': 'Your institution did not say what you are called. Ask an administrator of this centre.',
  'name-taken': 'There is another account of your name here. Ask an administrator of this centre.',
  closed: 'Your account here is closed.',
  away: "Your institution's sign-in does not answer. Try again later, or use a password of this centre.",
  refused: "Your institution's answer was not accepted. Begin again from this page.",
};

export function SignIn() {
  const { to, refused } = useSearch({ strict: false }) as { readonly to?: string; readonly refused?: string };
  const { data: offered } = useQuery(ask.provider);
  const form = useForm({ defaultValues: { name: '', password: '' } });
  const { control, formState } = form;
  useEffect(() => {
    document.title = 'Sign in · Consilium';
  }, []);
  const signIn = sending(form, async ({ name, password }) => {
    queries.setQueryData(ask.me.queryKey, await api.signIn(name, password));
    router.history.push(within(to));
  });
  return (
    <main style={{ maxWidth: 360, margin: '12vh auto 0', padding: 16 }}>
      <h1>Sign in to Consilium</h1>
      <p className="quiet" style={{ margin: '4px 0 24px' }}>
        The coordinating centre. Patient records stay at their hospitals.
      </p>
      <FormRefusal control={control} title="You are not signed in" sentenceOnly />
      {refused !== undefined && !formState.isSubmitted && <Refusal title="You are not signed in" sentence={refusals[refused] ?? refusals['refused']!} />}
      <Form onSubmit={signIn} style={{ display: 'grid', gap: 16, marginTop: 16 }}>
        <FormField control={control} name="name" rules={{ required: 'Write your name.' }} label="Name" autoComplete="username" required />
        <FormField control={control} name="password" rules={{ required: 'Write your password.' }} label="Password" type="password" autoComplete="current-password" required />
        <Button type="submit" variant="contained" disabled={formState.isSubmitting}>
          Sign in
        </Button>
      </Form>
      {typeof offered?.provider === 'string' && (
        <Button href={`/api/oidc/start?to=${encodeURIComponent(within(to))}`} fullWidth sx={{ mt: 4 }}>
          Sign in with {offered.provider}
        </Button>
      )}
      <p className="quiet" style={{ marginTop: 24, fontSize: 12, lineHeight: '16px' }}>
        For research use only. What you do here is recorded.
      </p>
    </main>
  );
}
