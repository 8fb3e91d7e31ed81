/** One batched round at one site: asked, and answered or still waited for. Times are milliseconds since 1970. */
export interface SiteAnswerTime {
  readonly site: string;
  readonly step: string;
  readonly askedAt: number;
  /** Null while the coordinator waits. */
  readonly answeredAt: number | null;
  readonly bytes: number;
  readonly refused: boolean;
}

export type BarState = 'answered' | 'late' | 'refused' | 'waiting';

export interface TimelineBar {
  readonly from: number;
  readonly to: number;
  readonly rounds: number;
  readonly state: BarState;
}

export interface TimelineLane {
  readonly site: string;
  readonly rounds: number;
  readonly medianSeconds: number | null;
  readonly bytes: number;
  readonly bars: readonly TimelineBar[];
}

/** Late: more than three times the site's median for the step, and more than ten seconds. */
const LATE_FACTOR = 3;
const LATE_MILLISECONDS = 10_000;
/** No page draws more marks than this, whatever the run. */
const MOST_BARS = 2_000;

const median = (values: readonly number[]): number | null => {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/**
 * Lanes of bars from the answers of a run, in the order of `sites`. Bars that would be narrower than a bin of the window are joined where they
 * have the same state; the bins are as many as keep all lanes below 2,000 bars.
 */
export function timelineLanes(answers: readonly SiteAnswerTime[], sites: readonly string[], window: { readonly from: number; readonly to: number; readonly now: number }): TimelineLane[] {
  const most = Math.max(20, Math.floor(MOST_BARS / Math.max(1, sites.length)));
  const bin = Math.max(1, (window.to - window.from) / most);
  const bySite = new Map<string, SiteAnswerTime[]>();
  for (const answer of answers) {
    const own = bySite.get(answer.site);
    if (own) own.push(answer);
    else bySite.set(answer.site, [answer]);
  }
  return sites.map((site) => laneOf(site, (bySite.get(site) ?? []).sort((a, b) => a.askedAt - b.askedAt), { ...window, bin }));
}

function laneOf(site: string, answers: readonly SiteAnswerTime[], { from, to, now, bin }: { readonly from: number; readonly to: number; readonly now: number; readonly bin: number }): TimelineLane {
  const usual = usualTimes(answers);
  const answered = answers.filter(({ answeredAt }) => answeredAt !== null);
  const bars: TimelineBar[] = [];
  for (const answer of answers) {
    const start = Math.max(from, answer.askedAt);
    const end = Math.min(to, answer.answeredAt ?? now);
    if (end < from || start > to) continue;
    const bar = { from: start, to: Math.max(start, end), rounds: 1, state: stateOf(answer, usual.get(answer.step) ?? null) };
    const last = bars.at(-1);
    if (last && last.state === bar.state && bar.state !== 'waiting' && bar.to - last.from <= bin) bars[bars.length - 1] = { ...last, to: Math.max(last.to, bar.to), rounds: last.rounds + 1 };
    else bars.push(bar);
  }
  const seconds = median(answered.map(({ askedAt, answeredAt }) => (answeredAt! - askedAt) / 1000));
  return { site, rounds: answered.length, medianSeconds: seconds, bytes: answers.reduce((sum, { bytes }) => sum + bytes, 0), bars };
}

/** Median time of each step at one site. */
function usualTimes(answers: readonly SiteAnswerTime[]): ReadonlyMap<string, number | null> {
  const byStep = new Map<string, number[]>();
  for (const { step, askedAt, answeredAt } of answers) {
    if (answeredAt === null) continue;
    const times = byStep.get(step);
    if (times) times.push(answeredAt - askedAt);
    else byStep.set(step, [answeredAt - askedAt]);
  }
  return new Map([...byStep].map(([step, times]) => [step, median(times)]));
}

function stateOf({ askedAt, answeredAt, refused }: SiteAnswerTime, usual: number | null): BarState {
  if (answeredAt === null) return 'waiting';
  if (refused) return 'refused';
  const took = answeredAt - askedAt;
  return usual !== null && took > LATE_MILLISECONDS && took > LATE_FACTOR * usual ? 'late' : 'answered';
}
