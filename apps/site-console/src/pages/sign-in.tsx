import { Button } from '@mui/material';
import { useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useForm } from 'react-hook-form';
import { Form, FormField, FormRefusal, sending } from '@consilium/interface';
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
  const form = useForm({ defaultValues: { password: '' } });
  const { control, formState } = form;
  const title = t('signIn.title');
  useEffect(() => {
    document.title = `${title} · Consilium`;
  }, [title]);
  const signIn = sending(form, async ({ password }) => {
    queries.setQueryData(ask.session.queryKey, await api.signIn(password));
    router.history.push(within(to));
  });
  const other = languages.find((one) => one.language !== language)!;
  return (
    <main style={{ maxWidth: 380, margin: '12vh auto 0', padding: 16 }}>
      <h1>{title}</h1>
      <p className="quiet" style={{ margin: '4px 0 24px' }}>
        {t('signIn.lead')}
      </p>
      <FormRefusal control={control} title={t('signIn.failed')} sentenceOnly />
      <Form onSubmit={signIn} style={{ display: 'grid', gap: 16, marginTop: 16 }}>
        <FormField control={control} name="password" rules={{ required: t('signIn.needsPassword') }} label={t('signIn.password')} type="password" autoComplete="current-password" autoFocus required />
        <Button type="submit" variant="contained" disabled={formState.isSubmitting}>
          {t('signIn.submit')}
        </Button>
      </Form>
      <p className="quiet" style={{ margin: '24px 0 16px', fontSize: 12, lineHeight: '16px' }}>
        {t('signIn.forgotten')}
      </p>
      <Button lang={other.language === 'zh' ? 'zh-Hans' : 'en'} onClick={() => void chooseLanguage(other.language)}>
        {other.name}
      </Button>
    </main>
  );
}
