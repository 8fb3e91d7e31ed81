import { Tag, type Tone } from '@consilium/interface';
import { say } from '@consilium/charts';
import type { Decision, Run, RunState, Site } from './api.js';

const runTones: Readonly<Record<RunState, readonly [Tone, string]>> = { open: ['accent', 'Running'], paused: ['warn', 'Paused'], closed: ['good', 'Finished'], failed: ['bad', 'Failed'], cancelled: ['plain', 'Cancelled'] };

export const RunTag = ({ state }: Pick<Run, 'state'>) => <Tag tone={runTones[state][0]}>{runTones[state][1]}</Tag>;

/** Connected, not seen, waiting or shut out. */
export function SiteTag({ site, now }: { readonly site: Site; readonly now: number }) {
  if (site.state === 'revoked') return <Tag tone="bad">Revoked</Tag>;
  if (site.state === 'waiting') return <Tag tone="warn">Waits to be admitted</Tag>;
  if (site.connected) return <Tag tone="good">Online</Tag>;
  if (site.stoppedAt) return <Tag tone="bad">{`Stopped by the site ${say.ago(site.stoppedAt, now)}`}</Tag>;
  return <Tag tone="warn">{site.seenAt === null ? 'Never connected' : notSeen(site.seenAt, now)}</Tag>;
}

function notSeen(seenAt: string, now: number): string {
  const ago = say.ago(seenAt, now);
  return ago === 'just now' ? 'Not seen just now' : ago.endsWith(' ago') ? `Not seen for ${ago.slice(0, -4)}` : `Not seen since ${ago}`;
}

/** What a site decided of a plan, and until when. */
export function DecisionTag({ decision, now }: { readonly decision: Decision | undefined; readonly now: number }) {
  if (decision === undefined) return <Tag tone="warn">Not yet</Tag>;
  if (decision.decision === 'refused') return <Tag tone="bad">Refused</Tag>;
  if (decision.decision === 'withdrawn') return <Tag tone="bad">Withdrawn</Tag>;
  if (decision.expiresAt !== null && new Date(decision.expiresAt).getTime() <= now) return <Tag tone="warn">Expired</Tag>;
  return <Tag tone="good">{decision.expiresAt === null ? 'Approved' : `Until ${say.day(decision.expiresAt)}`}</Tag>;
}

export const approves = (decision: Decision | undefined, now: number): boolean => decision?.decision === 'approved' && (decision.expiresAt === null || new Date(decision.expiresAt).getTime() > now);
