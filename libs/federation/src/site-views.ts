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

/** sha256 of a view specification: what a ledger names and a cache is keyed by. */
export const viewDigest = (spec: ViewSpec): string => createHash('sha256').update(encodeValue(viewSpecSchema.parse(spec))).digest('hex');

/**
 * Views of one table, the last few of them kept. Losing the cache changes nothing but time; a table that changed needs a new provider.
 */
export function siteViews(table: SiteTable, artefacts: ArtefactSource, kept = 8): ViewProvider {
  const views = new Map<string, SiteView>();
  return {
    open(spec) {
      const digest = viewDigest(spec);
      const view = views.get(digest) ?? openView(table, spec, artefacts);
      views.delete(digest);
      views.set(digest, view);
      if (views.size > kept) views.delete(views.keys().next().value!);
      return view;
    },
  };
}
