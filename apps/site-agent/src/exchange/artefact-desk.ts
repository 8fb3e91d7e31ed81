import { AgentStopping } from '../execution/step-call.js';
import type { ArtefactStore } from '../runs/artefact-store.js';

interface Wait {
  readonly arrived: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Published models on their way: asked for once a link, kept under their digest when they come. */
export class ArtefactDesk {
  private readonly waits = new Map<string, Wait>();

  constructor(
    private readonly store: ArtefactStore,
    private readonly ask: (digest: string) => Promise<void>,
  ) {}

  /** Resolves when all are in the store. */
  async fetch(digests: readonly string[]): Promise<void> {
    const missing = digests.filter((digest) => !this.store.has(digest));
    const waits = missing.map((digest) => this.waitFor(digest));
    await Promise.all([...missing.map((digest) => this.ask(digest)), ...waits.map(({ arrived }) => arrived)]);
  }

  async take(digest: string, bytes: Uint8Array): Promise<void> {
    await this.store.put(digest, bytes);
    this.waits.get(digest)?.resolve();
    this.waits.delete(digest);
  }

  /** After a new connection: what was asked on the last one may be lost. */
  async askAgain(): Promise<void> {
    for (const digest of this.waits.keys()) await this.ask(digest);
  }

  stop(): void {
    for (const { reject } of this.waits.values()) reject(new AgentStopping());
    this.waits.clear();
  }

  private waitFor(digest: string): Wait {
    const known = this.waits.get(digest);
    if (known) return known;
    let resolve!: () => void;
    let reject!: (error: Error) => void;
    const arrived = new Promise<void>((onArrival, onStop) => {
      resolve = onArrival;
      reject = onStop;
    });
    arrived.catch(() => undefined);
    const wait = { arrived, resolve, reject };
    this.waits.set(digest, wait);
    return wait;
  }
}
