import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Progress } from '../api.js';
import { ask } from '../queries.js';

export interface Live {
  readonly progress: Progress | null;
  /** When the last event came; null before the first. */
  readonly asOf: number | null;
  readonly connected: boolean;
}

/** A long run has a long timeline, which changes little: it is asked for less often. */
const timelineInterval = (rounds: number): number => Math.min(60_000, Math.max(2_000, rounds * 5));

/** Where the run is, as it changes. The server sends at most four events a second; the timeline is asked for every two seconds, of long runs less often. */
export function useLive(run: string, live: boolean): Live {
  const client = useQueryClient();
  const [state, setState] = useState<Live>({ progress: null, asOf: null, connected: false });
  useEffect(() => {
    if (!live) return;
    const source = new EventSource(`/api/runs/${run}/events`);
    let timelineAt = 0;
    source.onmessage = ({ data }: MessageEvent<string>) => {
      const progress = JSON.parse(data) as Progress;
      setState({ progress, asOf: Date.now(), connected: true });
      const ended = progress.state !== 'open' && progress.state !== 'paused';
      if (ended) source.close();
      if (ended || progress.state !== 'open') void client.invalidateQueries({ queryKey: ask.run(run).queryKey });
      if (ended || Date.now() - timelineAt > timelineInterval(progress.rounds)) {
        timelineAt = Date.now();
        void client.invalidateQueries({ queryKey: ask.timeline(run).queryKey });
      }
    };
    source.onerror = () => setState((before) => ({ ...before, connected: false }));
    return () => source.close();
  }, [run, live, client]);
  return state;
}
