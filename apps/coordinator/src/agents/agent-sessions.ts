import type { CoordinatorMessage } from '@consilium/protocol';
import type { Body, Link } from '@consilium/transport';
import type { SiteLines } from '../federation/site-lines.js';

/** The links of the sites that are connected to this process and have said hello. */
export class AgentSessions implements SiteLines {
  private readonly links = new Map<string, Link>();
  private readonly greeted = new WeakSet<Link>();
  private readonly since = new WeakMap<Link, Date>();

  get connected(): ReadonlySet<string> {
    return new Set(this.entries().map(([site]) => site));
  }

  /** Since when a site is connected to this process; null where it is not. */
  connectedSince(site: string): Date | null {
    const link = this.links.get(site);
    return link && !link.closed ? (this.since.get(link) ?? null) : null;
  }

  linkOf(site: string): Link | undefined {
    return this.links.get(site);
  }

  entries(): [string, Link][] {
    // A link may end before it is added; it is no connection then.
    return [...this.links].filter(([, link]) => !link.closed);
  }

  add(link: Link, at: Date): void {
    this.since.set(link, at);
    this.links.set(link.peer.name, link);
  }

  /** The site was told of plans and runs: from now on it may be asked. */
  markGreeted(link: Link): void {
    this.greeted.add(link);
  }

  /** A later link of the same site stays. */
  remove(link: Link): void {
    if (this.links.get(link.peer.name) === link) this.links.delete(link.peer.name);
  }

  async send(site: string, message: CoordinatorMessage, body?: Body): Promise<boolean> {
    const link = this.links.get(site);
    if (!link || link.closed) return false;
    // A request before the announcement of its run would be refused. The greeting ends with asking for all that is open.
    if ((message.type === 'request' || message.type === 'session-wanted') && !this.greeted.has(link)) return false;
    try {
      await link.send(message, body);
      return true;
    } catch {
      // The link broke under the message: what the site missed is told when it says hello again.
      return false;
    }
  }
}
