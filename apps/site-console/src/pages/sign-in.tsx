import { Button, TextField } from '@mui/material';
import { useMutation } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useEffect, useState, type SyntheticEvent } from 'react';
import { Failure, Refused } from '@consilium/interface';
import { api } from '../api.js';
import { ask, queries } from '../queries.js';
import { router } from '../router.js';
import { chooseLanguage, languages } from '../words/language.js';
import { useSay } from '../words/use-words.js';

/** Only pages of this console: an address elsewhere is not followed. */
const within = (to: string | undefined): string => (to !== undefined && /^\/(?![/\\])/.test(to) && !to.startsWith('/sign-in') ? to : '/');

export function SignIn() {
  const { t, language } = useSay();
  const { to } = useSearch({ strict: false }) as { readonly to?: string };
  const [password, setPassword] = useState('');
  const title = t('signIn.title');
  useEffect(() => {
    document.title = `${title} · Consilium`;
  }, [title]);
  const signIn = useMutation({
    mutationFn: () => api.signIn(password),
    onSuccess: (session) => {
      queries.setQueryData(ask.session.queryKey, session);
      router.history.push(within(to));
    },
  });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    signIn.mutate();
  };
  const other = languages.find((one) => one.language !== language)!;
  return (
    <main style={{ maxWidth: 380, margin: '12vh auto 0', padding: 16 }}>
      <h1>{title}</h1>
      <p className="quiet" style={{ margin: '4px 0 24px' }}>
        {t('signIn.lead')}
      </p>
      {signIn.error instanceof Refused && <Failure error={new Refused(signIn.error.status, signIn.error.sentence)} title={t('signIn.failed')} />}
      <form onSubmit={submit} style={{ display: 'grid', gap: 16, marginTop: 16 }}>
        <TextField label={t('signIn.password')} name="password" type="password" autoComplete="current-password" autoFocus required value={password} onChange={(event) => setPassword(event.target.value)} />
        <Button type="submit" variant="contained" disabled={signIn.isPending}>
          {t('signIn.submit')}
        </Button>
      </form>
      <p className="quiet" style={{ margin: '24px 0 16px', fontSize: 12, lineHeight: '16px' }}>
        {t('signIn.forgotten')}
      </p>
      <Button lang={other.language === 'zh' ? 'zh-Hans' : 'en'} onClick={() => void chooseLanguage(other.language)}>
        {other.name}
      </Button>
    </main>
  );
}
