import { Failure, Page } from '@consilium/interface';
import { To } from '../links.js';

export function PageFailure({ error }: { readonly error: unknown }) {
  return (
    <div className="shell-main">
      <Page title="Not shown">
        <Failure error={error} />
        <p>
          <To to="/studies">Studies</To>
        </p>
      </Page>
    </div>
  );
}
