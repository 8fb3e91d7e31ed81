/** Which state may follow which, as data. */
export interface Lifecycle<State extends string> {
  readonly initial: State;
  readonly transitions: Readonly<Record<State, readonly State[]>>;
}

/** Says what is wrong with a table: a state that cannot be reached, a step to an unknown state, no end. Checked when the program starts. */
export function lifecycleFaults<State extends string>({ initial, transitions }: Lifecycle<State>): string[] {
  const states = Object.keys(transitions) as State[];
  const reached = new Set<State>([initial]);
  for (const state of reached) for (const next of transitions[state] ?? []) reached.add(next);
  return [
    ...states.filter((state) => !reached.has(state)).map((state) => `the state ${state} cannot be reached`),
    ...[...reached].filter((state) => !states.includes(state)).map((state) => `the state ${state} has no row`),
    ...(states.some((state) => transitions[state].length === 0) ? [] : ['no state is an end']),
  ];
}

export function defineLifecycle<State extends string>(lifecycle: Lifecycle<State>): Lifecycle<State> {
  const faults = lifecycleFaults(lifecycle);
  if (faults.length > 0) throw new Error(`A lifecycle is wrong: ${faults.join('; ')}.`);
  return lifecycle;
}

export const mayFollow = <State extends string>(lifecycle: Lifecycle<State>, from: State, to: State): boolean =>
  lifecycle.transitions[from].includes(to);

/** States from which `to` may be reached in one step: what an UPDATE names in its WHERE. */
export const statesBefore = <State extends string>(lifecycle: Lifecycle<State>, to: State): State[] =>
  (Object.keys(lifecycle.transitions) as State[]).filter((from) => lifecycle.transitions[from].includes(to));
