import { afterEach, describe, expect, it } from 'vitest';
import { planText, TestCentre, waitFor, type CentreOptions } from '../fixtures/test-centre.js';

const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

let centre: TestCentre;
const open = async (options: CentreOptions): Promise<TestCentre> => (centre = await TestCentre.open(options));
afterEach(() => centre.close());

const run = async (): Promise<string> => (await centre.launch()).id;

describe('fault 25: a straggler whose round went on without it', () => {
  it('is told why its late result is not taken, and the result is in no sum', async () => {
    let now = Date.now();
    await open({ clock: { now: () => new Date(now) }, plan: planText(['A', 'B', 'C', 'D'], 'deadline: 1 minute\nquorum: 3\nonDropOut: survivors') });
    centre.agent('D').silent = true;
    const id = await run();
    await waitFor(
      async () => centre.agent('C').outbox.size > 0 || undefined,
      () => 'a contribution of C',
    );
    now += 61_000;
    await centre.until(id, 'closed');
    const found = await centre.results(id);
    const late = { run: id, round: (await centre.rounds(id))[0]!['id'] as string, attempt: 1, length: 0, digest: EMPTY };
    await centre.agent('D').link!.send({ type: 'answers', parts: [late], refusals: [] });
    const fates = await waitFor(
      async () => centre.agent('D').told.flatMap((message) => (message.type === 'welcome' ? message.fates : []))[0],
      () => 'a fate',
    );
    expect(fates).toMatchObject({ fate: 'void', reason: 'The run is closed. The contribution came too late and was not added.' });
    expect(await centre.results(id)).toBe(found);
  });
});

describe('fault 20: a site', () => {
  const audited = async (): Promise<string[]> =>
    (await centre.coordinator.services.audit.list({ limit: 100 })).filter(({ action, actor }) => action === 'refused to a site' && actor === 'site B').map(({ subject }) => subject);

  it('that asks for what belongs to others, or speaks about it, is hung up on, whatever the message; each is audited', async () => {
    await open({ sites: ['A', 'B'], plan: planText(['A']) });
    const id = await run();
    await centre.until(id, 'closed');
    const { artefacts } = centre.coordinator.services;
    const model = (await artefacts.list(id)).find(({ digest }) => digest)!.digest;
    const decidedAt = new Date().toISOString();
    const key = { run: id, round: (await centre.rounds(id))[0]!['id'] as string, attempt: 1 };
    const decision = { type: 'decision', plan: centre.plan, decision: 'approved', decidedAt, expiresAt: null, reason: null, signature: 'AA==' };
    const forbidden: readonly { readonly type: string; readonly [field: string]: unknown }[] = [
      { type: 'wanted-artefact', digest: model },
      { type: 'answers', parts: [{ ...key, length: 0, digest: EMPTY }], refusals: [] },
      { type: 'answers', parts: [], refusals: [{ ...key, refusal: { code: 'E601', rule: 'minimum-patients', sentence: 'No.' } }] },
      { type: 'work', run: id, done: 1, total: 1, message: 'done' },
      { type: 'session', run: id, session: EMPTY, key: null, refusal: null },
      decision,
    ];
    const before = await centre.results(id);
    for (const [i, message] of forbidden.entries()) {
      const link = await waitFor(
        async () => centre.coordinator.services.sessions.linkOf('B') && (centre.agent('B').link?.closed === false ? centre.agent('B').link : undefined),
        () => 'the link of B',
      );
      const ended = new Promise((resolve) => link.onClose(resolve));
      await link.send(message);
      expect([message.type, await ended]).toMatchObject([message.type, { by: 'peer', code: { code: expect.stringMatching(/^E2/) as string } }]);
      expect(await audited()).toHaveLength(i + 1);
    }
    expect((await audited()).reverse()).toEqual(forbidden.map(({ type }) => type));
    // All of them name the run, its model or its plan, so each stands in the audit of the run.
    const ofRun = await centre.coordinator.services.audit.list({ limit: 100, run: { id, plan: centre.plan } });
    expect(ofRun.filter(({ actor }) => actor === 'site B').map(({ subject }) => subject).reverse()).toEqual(forbidden.map(({ type }) => type));
    expect(await centre.coordinator.services.audit.list({ limit: 100, run: { id: '0'.repeat(16), plan: '0'.repeat(64) } })).toEqual([]);
    expect(await centre.results(id)).toBe(before);
    expect(centre.agent('A').link!.closed).toBe(false);
  });
});
