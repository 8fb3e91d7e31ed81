import type { Registry } from 'prom-client';

/** A registry of its own for one program: nothing is registered globally, so several programs and suites can live in one process. */
export interface Metrics {
  readonly registry: Registry;
  readonly contentType: string;
  /** The page a scraper reads. */
  render(): Promise<string>;
}

/** Process and event-loop figures under the prefix 'consilium_', labelled with the program and its version. Only programs that measure load the library. */
export async function createMetrics(labels: { readonly application: string; readonly version: string }): Promise<Metrics> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const registry = new Registry();
  registry.setDefaultLabels({ ...labels });
  collectDefaultMetrics({ register: registry, prefix: 'consilium_' });
  return { registry, contentType: registry.contentType, render: () => registry.metrics() };
}
