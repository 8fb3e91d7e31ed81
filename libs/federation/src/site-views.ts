import { encodeValue } from '@consilium/protocol';
import { createHash } from 'node:crypto';
import { openView } from './open-view.js';
import type { SiteTable, SiteView } from './site-view.js';
import type { ArtefactSource } from './view-columns.js';
import { viewSpecSchema, type ViewSpec } from './view.js';

/** Where a step gets its view from. */
export interface ViewProvider {
  open(spec: ViewSpec): SiteView;
}

const digests = new WeakMap<ViewSpec, string>();

/** sha256 of a view specification: what a ledger names and a cache is keyed by. */
export function viewDigest(spec: ViewSpec): string {
  let digest = digests.get(spec);
  if (digest === undefined) {
    digest = createHash('sha256').update(encodeValue(viewSpecSchema.parse(spec))).digest('hex');
    digests.set(spec, digest);
  }
  return digest;
}

/** Sixty-four megabytes of matrices: the views of all folds and left-out sites of a usual plan. */
const KEPT_NUMBERS = 8_000_000;

/**
 * Views of one table. The last ones used are kept, up to so many numbers in all, since iterative methods ask the same views round after
 * round. Losing them changes nothing but time; a table that changed needs a new provider.
 */
export function siteViews(table: SiteTable, artefacts: ArtefactSource, keptNumbers = KEPT_NUMBERS): ViewProvider {
  const views = new Map<string, SiteView>();
  let held = 0;
  const drop = (digest: string) => {
    held -= sizeOf(views.get(digest));
    views.delete(digest);
  };
  return {
    open(spec) {
      const digest = viewDigest(spec);
      const view = views.get(digest) ?? openView(table, spec, artefacts);
      drop(digest);
      views.set(digest, view);
      held += sizeOf(view);
      while (held > keptNumbers && views.size > 1) drop(views.keys().next().value!);
      return view;
    },
  };
}

/** Numbers a view holds, its columns once as they are and once standardised; its rows stand for outcome, folds and bookkeeping. */
const sizeOf = (view: SiteView | undefined): number => (view ? 2 * view.X.length + view.n : 0);
