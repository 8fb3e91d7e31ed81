import type { CoordinatorMessage } from '@consilium/protocol';
import type { Body } from '@consilium/transport';

/** The sites as a run reaches them. A site that is away gets what it missed when it says hello. */
export interface SiteLines {
  readonly connected: ReadonlySet<string>;
  /** False when the site is not connected. Never rejects: a line that breaks is a site that is away. */
  send(site: string, message: CoordinatorMessage, body?: Body): Promise<boolean>;
}
