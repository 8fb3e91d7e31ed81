import { extractionPauseOf, type ExtractionPause } from '@consilium/site-agent';
import { usage } from './refusal.js';
import type { Terminal } from './terminal.js';

const changes: Readonly<Record<string, (pause: ExtractionPause) => Promise<void>>> = {
  state: async () => undefined,
  pause: (pause) => pause.pause(),
  resume: (pause) => pause.resume(),
};

/** Lets extraction rest, or go on, and says which; it holds over restarts of the agent, and needs none. */
export async function extraction(what: string, { dir }: { readonly dir: string }, terminal: Terminal): Promise<void> {
  const change = Object.hasOwn(changes, what) ? changes[what] : undefined;
  if (change === undefined) throw usage('Say state, pause or resume.');
  const pause = extractionPauseOf(dir);
  await change(pause);
  const rest = pause.rest();
  terminal.out(rest === null ? 'Extraction is not paused: images are measured when a run asks, within the hours of agent.json.' : `Extraction is paused since ${rest.at.slice(0, 19).replace('T', ' ')} UTC. The case at hand is finished; runs that need features wait until consilium site extraction resume.`);
}
