import { say } from '@consilium/charts';
import type { Progress, Timeline } from '../api.js';

/** How far the run is, in words and as a bar; stages that are over with the time they took. */
export function StageBar({ progress, timeline, now }: { readonly progress: Progress; readonly timeline: Timeline | undefined; readonly now: number }) {
  const { stage, done, total } = progress;
  if (stage === null) return null;
  const within = total > 0 ? done / total : 0;
  const whole = (stage.index + within) / stage.count;
  const said = `Stage ${stage.index + 1} of ${stage.count}, ${stage.name}${total > 0 ? `, ${say.count(done)} of ${say.count(total)}` : ''}`;
  const begun = timeline?.stages ?? [];
  return (
    <div className="panel">
      <div className="panel-body">
        <h2>{said}</h2>
        <div className="progress" role="progressbar" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(100 * whole)} aria-label={said} style={{ marginTop: 8 }}>
          <div style={{ width: `${100 * whole}%` }} />
        </div>
        {begun.length > 0 && (
          <ol className="stages" aria-label="Stages so far">
            {begun.map(({ name, from }, i) => {
              const next = begun[i + 1]?.from;
              return <li key={`${name} ${from}`}>{next === undefined ? `${name}, ${say.duration(Math.max(0, now - from) / 1000)} so far` : `✓ ${name} ${say.duration((next - from) / 1000)}`}</li>;
            })}
          </ol>
        )}
        {progress.message !== '' && <p className="panel-note">{progress.message}</p>}
      </div>
    </div>
  );
}

const ROUNDS_BEFORE_GUESSING = 5;

/** Remaining rounds of the stage times the usual time of a round; not guessed before five rounds. */
export function timeLeft({ done, total, rounds }: Progress, timeline: Timeline | undefined): string {
  const usual = Math.max(0, ...(timeline?.lanes ?? []).map(({ medianSeconds }) => medianSeconds ?? 0));
  if (rounds < ROUNDS_BEFORE_GUESSING || total === 0 || usual === 0) return 'Time left is not known yet.';
  const seconds = (total - done) * usual;
  return `${seconds < 50 ? 'Under a minute' : say.roughly(seconds).replace('about', 'About')} left in this stage.`;
}

/** Who has to answer before the run goes on: those a round waits for; before the first round of a stage, those who are not connected. */
export const awaited = ({ missing, step }: Progress, away: readonly string[]): readonly string[] => (missing.length > 0 || step !== null ? missing : away);

/** Who is waited for beyond their usual time: over three times it, and over ten seconds. A hospital that is not connected is named at once. */
export function lateSentence(progress: Progress, { timeline, away, now }: { readonly timeline: Timeline | undefined; readonly away: readonly string[]; readonly now: number }): string {
  const missing = awaited(progress, away);
  const absent = missing.filter((site) => away.includes(site));
  if (absent.length > 0) return `Waiting for ${say.list(absent)}, which ${absent.length === 1 ? 'is' : 'are'} not connected.`;
  const late = (timeline?.lanes ?? []).flatMap(({ site, bars, medianSeconds }) => {
    const waiting = bars.findLast(({ state }) => state === 'waiting');
    if (!missing.includes(site) || waiting === undefined) return [];
    const seconds = (now - waiting.from) / 1000;
    return seconds > 10 && seconds > 3 * (medianSeconds ?? 0) ? [{ site, seconds }] : [];
  });
  if (late.length === 0) return '';
  return `Waiting for ${say.list(late.map(({ site }) => site))}, ${say.duration(Math.max(...late.map(({ seconds }) => seconds)))} so far.`;
}
