import { Failure, Page, Refused } from '@consilium/interface';
import { To } from '../links.js';
import { useSay } from '../words/use-words.js';

export function PageFailure({ error }: { readonly error: unknown }) {
  const { t } = useSay();
  return (
    <div className="shell-main">
      <Page title={t('shell.notShown')}>
        <Failure error={error} />
        <p>
          <To to="/">{t('shell.state')}</To>
        </p>
      </Page>
    </div>
  );
}

export function NoSuchPage() {
  const { t } = useSay();
  return <PageFailure error={new Refused(404, t('shell.notFound'))} />;
}
