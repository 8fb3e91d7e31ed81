export type HealthState = 'ok' | 'warning' | 'failing';

export interface HealthFinding {
  readonly state: HealthState;
  /** One plain sentence with the figure it rests on. */
  readonly sentence: string;
  /** What to do when the state is not ok. */
  readonly remedy?: string;
}

export interface HealthCheck {
  readonly name: string;
  check(signal: AbortSignal): Promise<HealthFinding> | HealthFinding;
}

export interface HealthReport {
  readonly state: HealthState;
  readonly findings: readonly (HealthFinding & { readonly name: string; readonly milliseconds: number })[];
}

const order: readonly HealthState[] = ['ok', 'warning', 'failing'];

async function runOne(health: HealthCheck, withinMilliseconds: number): Promise<HealthReport['findings'][number]> {
  const started = performance.now();
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<HealthFinding>((resolve) => {
    timer = setTimeout(() => {
      stop.abort();
      resolve({ state: 'failing', sentence: `There was no answer within ${withinMilliseconds} ms.` });
    }, withinMilliseconds);
  });
  // The text of an unknown failure may hold a path or a value; its kind is enough here, the rest is in the log.
  const failed = (error: unknown): HealthFinding => {
    const { code } = error as { code?: unknown };
    return { state: 'failing', sentence: `The check failed (${typeof code === 'string' ? code : 'unknown reason'}).` };
  };
  try {
    const finding = await Promise.race([Promise.resolve().then(() => health.check(stop.signal)).catch(failed), late]);
    return { name: health.name, ...finding, milliseconds: Math.round(performance.now() - started) };
  } finally {
    clearTimeout(timer);
  }
}

/** Runs all checks at once; the state of the whole is that of the worst. A check that throws or takes too long is failing. */
export async function checkHealth(checks: readonly HealthCheck[], withinMilliseconds = 3_000): Promise<HealthReport> {
  const findings = await Promise.all(checks.map((check) => runOne(check, withinMilliseconds)));
  const state = order[Math.max(0, ...findings.map((finding) => order.indexOf(finding.state)))] ?? 'ok';
  return { state, findings };
}
