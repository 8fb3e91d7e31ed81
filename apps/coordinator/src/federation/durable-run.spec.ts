import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { acquireRunLock } from '@consilium/database';
import { RoundRefused } from '@consilium/federation';
import { coordinatorErrors, type Refusal } from '@consilium/protocol';
import { AgentDesk } from '../agents/agent-desk.js';
import { addStep, honest, planText, program, term, TestCentre, view, waitFor, type CentreOptions } from '../fixtures/test-centre.js';
import { RoundJournal } from '../rounds/round-journal.js';
import type { Run } from '../runs/run.entity.js';
import { RunExecution, type RunProgram } from '../runs/run-execution.js';
import { Stopped } from './interruption.js';

let centre: TestCentre;
const open = async (options: CentreOptions = {}): Promise<TestCentre> => (centre = await TestCentre.open(options));

const run = async (): Promise<string> => (await centre.launch()).id;
const rounds = (id: string) => centre.rounds(id);
const quiet = (silent: string): void => {
  centre.agent(silent).silent = true;
};

/** What an undisturbed run finds. */
let undisturbed: string;

describe('a run that nothing disturbs, over real sockets and a real database', () => {
  let ended: Run;
  beforeAll(async () => {
    await open();
    ended = await centre.until(await run(), 'closed');
    undisturbed = await centre.results(ended.id);
  });
  afterAll(() => centre.close());

  it('ends with the sums of all sites, and every site may forget', async () => {
    const { id } = ended;
    const [first] = JSON.parse(await centre.results(id)) as [{ v: number[]; sites: string[] }];
    expect(first.sites).toEqual(['A', 'B', 'C', 'D']);
    // Tolerance: the sum in the test is rounded at each of three additions, the exact one once.
    expect(first.v[0]).toBeCloseTo(
      ['A', 'B', 'C', 'D'].reduce((total, site) => total + term(site, 0), 0),
      12,
    );
    await waitFor(
      async () => [...centre.agents.values()].every(({ outbox }) => outbox.size === 0) || undefined,
      () => 'empty outboxes',
    );
    for (const agent of centre.agents.values()) expect(agent.settled).toHaveLength(17);
    const record = JSON.parse((await centre.coordinator.services.artefacts.store.get(ended.record!)).toString()) as {
      rounds: unknown[];
      bytesReceived: number;
    };
    expect(record.rounds).toHaveLength(17);
    expect(record.bytesReceived).toBeGreaterThan(0);
  });

  it('fault 43: stores no site’s term of a sum, anywhere', async () => {
    const bytes = Buffer.from(new Float64Array([term('C', 3)]).buffer);
    const stored = (await rounds(ended.id)).map((row) => row['aggregate'] as Buffer | null).filter((aggregate) => aggregate !== null);
    expect(stored.length).toBe(16);
    for (const aggregate of stored) expect(aggregate.includes(bytes)).toBe(false);
  });

  it('sends branches that run at once as one message a site', () => {
    const requests = centre.agent('A').told.filter((message) => message.type === 'request');
    expect(requests.map((message) => message.parts.length)).toEqual([...Array<number>(10).fill(1), 3, 3, 1]);
  });
});

/** Each with a coordinator of its own, on a database of its own. */
const disturbed = (): void => {
  afterEach(async () => {
    vi.restoreAllMocks();
    await centre.close();
  });
};

describe('a run over real sockets and a real database', () => {
  disturbed();

  it('fault 22: finds the same bytes when it crashes after the opening, before and after the commit of each of its batches', async () => {
    await open();
    const BATCHES = 13;
    const crashes = { due: false, count: 0 };
    const crashAround = (method: 'open' | 'close'): void => {
      const original = RoundJournal.prototype[method] as (...parameters: unknown[]) => Promise<void>;
      const seen = new Map<string, number>();
      vi.spyOn(RoundJournal.prototype, method).mockImplementation(async function (this: RoundJournal, ...parameters: unknown[]) {
        const name = (parameters[0] as { id: string }[]).map(({ id }) => id).join();
        const times = (seen.get(name) ?? 0) + 1;
        seen.set(name, times);
        if (times === 2 || (times === 1 && method === 'open')) await original.apply(this, parameters);
        if (times <= 2 && !(times === 2 && method === 'open')) {
          crashes.due = true;
          crashes.count++;
          throw new Stopped('crash');
        }
        if (times > 2) await original.apply(this, parameters);
      });
    };
    crashAround('open');
    crashAround('close');
    const id = await run();
    for (;;) {
      const state = await waitFor(
        async () => (crashes.due ? 'crashed' : (await centre.coordinator.services.runs.find(id)).state === 'closed' ? 'closed' : undefined),
        () => 'a crash or the end',
      );
      if (state === 'closed') break;
      await centre.stop();
      crashes.due = false;
      await centre.start();
    }
    expect(crashes.count).toBe(BATCHES * 3);
    expect(await centre.results(id)).toBe(undisturbed);
    for (const agent of centre.agents.values()) {
      expect(agent.computed).toBe(17);
      expect(agent.outbox.size).toBe(0);
    }
  });

  it('fault 6: counts a contribution once, however often it comes', async () => {
    await open();
    quiet('D');
    const id = await run();
    await waitFor(
      async () => centre.agent('A').outbox.size === 1 || undefined,
      () => 'a contribution of A',
    );
    for (let times = 0; times < 5; times++) await centre.agent('A').repeat();
    centre.agent('D').silent = false;
    centre.agent('D').link!.close();
    await centre.until(id, 'closed');
    expect(await centre.results(id)).toBe(undisturbed);
  });

  it('fault 25: tells a late contribution that it is settled, and one of a cancelled run that it is void', async () => {
    await open();
    const id = await run();
    await centre.until(id, 'closed');
    const agent = centre.agent('B');
    const key = { run: id, round: (await rounds(id))[0]!['id'] as string, attempt: 1 };
    await agent.link!.send({
      type: 'answers',
      parts: [{ ...key, length: 0, digest: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' }],
      refusals: [],
    });
    const fate = await waitFor(
      async () => agent.told.find((message) => message.type === 'welcome' && message.fates.length > 0),
      () => 'a fate',
    );
    expect(fate).toMatchObject({ fates: [{ ...key, fate: 'settled' }] });
    quiet('D');
    const second = await run();
    await waitFor(
      async () => agent.outbox.size > 0 || undefined,
      () => 'a contribution',
    );
    await centre.coordinator.services.runs.cancel(second, 'tester');
    await agent.repeat();
    await waitFor(
      async () => agent.outbox.size === 0 || undefined,
      () => 'void',
    );
    expect(await rounds(second)).toMatchObject([{ state: 'cancelled', aggregate: null }]);
  });

  it('faults 9, 20: does not take a contribution that a site makes for another run’s round, nor one with a false digest', async () => {
    await open({ sites: ['A', 'B'], plan: planText(['A']) });
    centre.agent('A').silent = true;
    const id = await run();
    const round = await waitFor(
      async () => (await rounds(id))[0],
      () => 'a round',
    );
    const foreign = {
      run: id,
      round: round['id'] as string,
      attempt: 1,
      length: 0,
      digest: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    };
    await centre.agent('B').link!.send({ type: 'answers', parts: [foreign], refusals: [] });
    await sleep(200);
    expect((await rounds(id))[0]).toMatchObject({ state: 'open' });
    const ended = new Promise((resolve) => centre.agent('A').link!.onClose(resolve));
    await centre.agent('A').link!.send({ type: 'answers', parts: [{ ...foreign, digest: '0'.repeat(64) }], refusals: [] });
    expect(await ended).toMatchObject({ code: { code: coordinatorErrors.contributionMisfits.code } });
  });

  it('waits when a contribution does not fit the step, and names the site', async () => {
    await open({
      script: { compute: (site, step, parameters) => (site === 'B' ? { w: new Float64Array([1]) } : honest.compute(site, step, parameters)) },
    });
    const ended = await centre.until(await run(), 'paused');
    expect(ended).toMatchObject({
      code: coordinatorErrors.contributionMisfits.code,
      reason: expect.stringMatching(/^B sent a contribution that does not fit test\/add/) as string,
    });
  });

  it('records a refusal as the outcome of the round, and replays it', async () => {
    const refused: Refusal = { code: 'E601', rule: 'minimum-patients', sentence: 'Fewer than 20 patients.' };
    const seen: unknown[] = [];
    const careful: RunProgram = async (federation) => {
      const failure = await federation.sum(addStep, { view, parameters: { round: 1 } }).catch((error: unknown) => error);
      if (!(failure instanceof RoundRefused)) throw failure;
      seen.push(failure.refusals);
      const { sums } = await federation.restrict(['A']).sum(addStep, { view, parameters: { round: 2 } });
      return `${sums.v[0]}`;
    };
    await open({
      program: careful,
      script: { compute: (site, step, parameters) => (site === 'C' ? { refused } : honest.compute(site, step, parameters)) },
    });
    quiet('A');
    const id = await run();
    await waitFor(
      async () => centre.agent('C').told.find(({ type }) => type === 'request'),
      () => 'a request',
    );
    await centre.stop();
    centre.agent('A').silent = false;
    await centre.start();
    await centre.until(id, 'closed');
    expect(seen).toEqual([[{ site: 'C', refusal: refused }]]);
    expect((await rounds(id))[0]).toMatchObject({ state: 'closed', outcome: { kind: 'refused' }, aggregate: null });
  });
});

describe('a sum too large for the journal’s row', () => {
  disturbed();

  const LENGTH = 50_000;
  const script = {
    compute: (site: string, _step: string, { round }: Record<string, unknown>) => ({
      v: Float64Array.from({ length: LENGTH }, (_, i) => term(site, round as number) + i),
    }),
  };
  const large: RunProgram = async (federation) => {
    const first = await federation.sum(addStep, { view, parameters: { round: 1 } });
    const second = await federation.restrict(['A']).sum(addStep, { view, parameters: { round: 2 } });
    return `${first.sums.v.reduce((a, b) => a + b, 0)} ${second.sums.v[LENGTH - 1]}`;
  };

  it('is kept as a file, on the disk before its row, and replayed from there', async () => {
    await open({ program: large, script });
    const undisturbedId = await run();
    await centre.until(undisturbedId, 'closed');
    const [first] = await rounds(undisturbedId);
    expect(first).toMatchObject({ aggregate: null, outcome: { kind: 'sum', artefact: expect.stringMatching(/^[0-9a-f]{64}$/) as string } });
    const close = vi.spyOn(RoundJournal.prototype, 'close');
    const id = await run();
    await waitFor(
      async () => close.mock.calls.length > 0 || undefined,
      () => 'a commit',
    );
    await centre.stop();
    await centre.start();
    await centre.until(id, 'closed');
    expect(await centre.results(id)).toBe(await centre.results(undisturbedId));
  });

  it('makes the run wait, with a sentence, when its file is gone', async () => {
    await open({ program: large, script });
    const id = await run();
    await centre.until(id, 'closed');
    const database = centre.coordinator.services.runs['parts'].database;
    const [first] = (await rounds(id)) as { outcome: { artefact: string } }[];
    await rm(join(centre.folder, 'artefacts', first!.outcome.artefact));
    await database.query(`UPDATE run SET state = 'open', ended_at = NULL WHERE id = $1`, [id]);
    expect(await centre.until(id, 'paused')).toMatchObject({
      code: coordinatorErrors.artefactMissing.code,
      reason: expect.stringContaining('absent from the artefacts folder') as string,
    });
  });
});

describe('a run whose sites are late', () => {
  disturbed();

  it('fault 25: pauses at its deadline, says who is missing, and goes on when resumed', async () => {
    let now = Date.now();
    await open({ clock: { now: () => new Date(now) }, plan: planText(['A', 'B', 'C', 'D'], 'deadline: 1 minute\nquorum: 3') });
    quiet('D');
    const id = await run();
    await waitFor(
      async () => centre.agent('C').outbox.size > 0 || undefined,
      () => 'a contribution of C',
    );
    now += 61_000;
    const paused = await centre.until(id, 'paused');
    expect(paused).toMatchObject({
      code: coordinatorErrors.deadlinePassed.code,
      reason: expect.stringMatching(/^D did not answer before the deadline \(1 minute\)/) as string,
    });
    expect(await rounds(id)).toMatchObject([{ state: 'paused' }]);
    centre.agent('D').silent = false;
    await centre.coordinator.services.runs.resume(id, [], 'tester');
    await centre.until(id, 'closed');
    expect(await centre.results(id)).toBe(undisturbed);
    expect(centre.agent('C').computed).toBe(17);
  });

  it('begins the stage again without a site, and keeps what earlier stages found with it', async () => {
    const compute: typeof honest.compute = (site, step, parameters) =>
      site === 'D' && (parameters['round'] as number) >= 200 ? undefined : honest.compute(site, step, parameters);
    await open({ plan: planText(['A', 'B', 'C', 'D'], 'quorum: 3'), script: { compute } });
    const id = await run();
    const { runs } = centre.coordinator.services;
    await waitFor(
      async () => (centre.agent('C').computed === 16 && centre.agent('D').computed === 13) || undefined,
      () => 'the silence of D',
    );
    await runs.pause(id, 'tester');
    await expect(runs.resume(id, ['C', 'D'], 'tester')).rejects.toMatchObject({ code: coordinatorErrors.belowQuorum.code });
    await runs.resume(id, ['D'], 'tester');
    await centre.until(id, 'closed');
    const found = JSON.parse(await centre.results(id)) as [{ v: number[]; sites: string[] }, ...unknown[]];
    expect(found[0].sites).toEqual(['A', 'B', 'C', 'D']);
    const branches = found.at(-2) as number[][];
    expect(branches.map(([, count]) => count)).toEqual([3, 3, 3]);
    expect(found.at(-1)).toEqual([{ name: 'A', x: 7 }, { name: 'B', x: 7 }, { name: 'C', x: 7 }, { refused: 'site-left' }]);
    const audit = await centre.coordinator.services.audit.list({ limit: 20 });
    expect(audit.map(({ action, detail }) => [action, detail])).toContainEqual([
      'run resumed',
      JSON.stringify({ without: ['D'], sites: ['A', 'B', 'C'] }),
    ]);
    expect(
      centre
        .agent('A')
        .told.filter((message) => message.type === 'run')
        .at(-1),
    ).toMatchObject({ sites: ['A', 'B', 'C'], state: 'closed' });
  });

  it('fault 25: goes on with the survivors where the plan says so, and records the change of sites', async () => {
    let now = Date.now();
    await open({ clock: { now: () => new Date(now) }, plan: planText(['A', 'B', 'C', 'D'], 'deadline: 1 minute\nquorum: 3\nonDropOut: survivors') });
    quiet('D');
    const id = await run();
    await waitFor(
      async () => centre.agent('C').outbox.size > 0 || undefined,
      () => 'a contribution of C',
    );
    now += 61_000;
    await centre.until(id, 'closed');
    expect((await centre.coordinator.services.runs.show(id)).siteSets.map(({ sites }) => sites)).toEqual([
      ['A', 'B', 'C', 'D'],
      ['A', 'B', 'C'],
    ]);
  });
});

describe('the right to execute a run', () => {
  disturbed();

  it('is not taken while another process holds its lock, and is when that process ends', async () => {
    await open();
    quiet('A');
    const id = await run();
    await waitFor(
      async () => centre.agent('B').outbox.size > 0 || undefined,
      () => 'a contribution of B',
    );
    expect(await acquireRunLock(centre.databaseUrl, `consilium run ${id}`, { onLost: () => undefined })).toBeUndefined();
    await centre.stop();
    const lock = await acquireRunLock(centre.databaseUrl, `consilium run ${id}`, { onLost: () => undefined });
    centre.agent('A').silent = false;
    await centre.start();
    await sleep(1_500);
    expect((await rounds(id)).length).toBe(1);
    await lock!.release();
    await centre.until(id, 'closed');
    expect(await centre.results(id)).toBe(undisturbed);
  });

  it('ends for a process whose epoch has passed: it neither opens nor closes a round', async () => {
    await open();
    quiet('A');
    const id = await run();
    const [row] = await waitFor(
      async () => ((await rounds(id)).length > 0 ? rounds(id) : undefined),
      () => 'a round',
    );
    const database = centre.coordinator.services.runs['parts'].database;
    await database.query('UPDATE run SET epoch = epoch + 1 WHERE id = $1', [id]);
    const stale = new RoundJournal(database, id, row!['epoch'] as number);
    const found = { id: row!['id'] as string, outcome: { kind: 'sum', sites: ['A'] } as const, aggregate: Buffer.alloc(8), bytesReceived: 8, arrivals: {} };
    await expect(stale.close([found], new Date())).rejects.toMatchObject({ name: 'Fenced' });
    const fresh = {
      id: 'x',
      generation: 0,
      path: '/9',
      stage: 0,
      stageName: 's',
      step: 'test/add',
      stepVersion: 1,
      sites: ['A'],
      requestDigest: '',
      bytesSent: 0,
    };
    await expect(stale.open([fresh], new Date(), new Date())).rejects.toMatchObject({ name: 'Fenced' });
    expect(await rounds(id)).toMatchObject([{ state: 'open' }]);
  });

  it('is let go by a process that is told to stop while it tells the sites what it takes up', async () => {
    await open();
    quiet('A');
    const id = await run();
    await waitFor(
      async () => centre.agent('B').outbox.size > 0 || undefined,
      () => 'a contribution of B',
    );
    await centre.stop();
    let goOn: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    const announce = vi.spyOn(AgentDesk.prototype, 'announce').mockImplementation(() => gate);
    const stop = vi.spyOn(RunExecution.prototype, 'stop');
    await centre.start();
    await waitFor(
      async () => announce.mock.calls.some(([, to]) => to === undefined) || undefined,
      () => 'the announcement to all sites',
    );
    const stopping = centre.stop();
    await waitFor(
      async () => stop.mock.calls.length > 0 || undefined,
      () => 'the word to stop',
    );
    goOn();
    // Far less than the deadline of the round, or the time after which a part that does not close is left alone.
    await expect(Promise.race([stopping, sleep(10_000, 'still executing')])).resolves.toBeUndefined();
    announce.mockRestore();
    centre.agent('A').silent = false;
    await centre.start();
    await centre.until(id, 'closed');
    expect(await centre.results(id)).toBe(undisturbed);
  });

  it('is found again after the lock’s connection was cut', async () => {
    await open();
    quiet('A');
    const id = await run();
    await waitFor(
      async () => centre.agent('B').outbox.size > 0 || undefined,
      () => 'a contribution of B',
    );
    const database = centre.coordinator.services.runs['parts'].database;
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'consilium run lock' AND datname = current_database()`,
    );
    centre.agent('A').silent = false;
    await centre.until(id, 'closed');
    expect(await centre.results(id)).toBe(undisturbed);
  });

  it('is refused to another release, with a sentence that offers the old one or a restart', async () => {
    await open();
    quiet('A');
    const id = await run();
    await waitFor(
      async () => centre.agent('B').outbox.size > 0 || undefined,
      () => 'a contribution of B',
    );
    await centre.stop();
    centre.agent('A').silent = false;
    await centre.start({ program });
    const database = centre.coordinator.services.runs['parts'].database;
    await centre.until(id, 'closed');
    const again = await run();
    await centre.coordinator.services.runs.pause(again, 'tester').catch(() => undefined);
    await database.query(`UPDATE run SET product_version = '0.0.9', state = 'open', ended_at = NULL, results = NULL WHERE id = $1`, [again]);
    centre.coordinator.services.supervisor.nudge();
    const paused = await centre.until(again, 'paused');
    expect(paused.reason).toBe(
      'The run began under release 0.0.9 (protocol 1); this is 0.1.0 (protocol 1). Start that release and resume, or use run restart.',
    );
  });

  it('stops with a sentence when the plan asks otherwise than the journal says', async () => {
    await open();
    quiet('A');
    const id = await run();
    await waitFor(
      async () => centre.agent('B').outbox.size > 0 || undefined,
      () => 'a contribution of B',
    );
    await centre.stop();
    await centre.start({ program: async (federation) => `${(await federation.sum(addStep, { view, parameters: { round: 99 } })).sums.v[0]}` });
    expect(await centre.until(id, 'paused')).toMatchObject({ code: coordinatorErrors.replayDiffers.code });
  });
});
