import { join } from 'node:path';
import { approvePlan } from '@consilium/site-agent';
import type { RunResults } from '@consilium/study';
import type { DemoName, DemoOptions } from '../demo-commands.js';
import { LocalFederation } from '../local-federation/index.js';
import { checkPlan } from '../plan-check.js';
import { writeReport } from '../report.js';
import { watchRun } from '../run-watch.js';
import { CommandRefused } from '../refusal.js';
import { EXIT_REFUSED, type Terminal } from '../terminal.js';
import { demoFolder, type DemoFolder } from './demo-folder.js';
import { demoStudy, placed, type DemoStudy, type PlacedStudy } from './demo-study.js';
import { rehearse, sameResults, verifyLedgers, type Rehearsal } from './evidence.js';
import { extractionReport } from './extraction-report.js';
import { followRun } from './follow-run.js';
import { Interrupted, Interruption } from './interruption.js';
import { Narrator } from './narrator.js';
import { pipelineReport } from './pipeline-report.js';
import { validationReport } from './validation-table.js';
import { whereThingsAre } from './where-things-are.js';

const INTERRUPTED_EXIT = 130;

interface Stage {
  readonly study: PlacedStudy;
  readonly federation: LocalFederation;
  readonly narrator: Narrator;
}

/** A coordinator and its hospitals on this machine, from their first keys to a validated model. Ends with nothing of it running. */
export async function runDemo(name: DemoName, options: DemoOptions, terminal: Terminal): Promise<void> {
  const found = await demoStudy(name);
  const folder = await demoFolder(options.folder);
  const study = await placed(found, folder.path);
  const interruption = new Interruption();
  const narrator = new Narrator(terminal);
  let federation: LocalFederation | undefined;
  let failed = true;
  try {
    introduce(study, narrator);
    federation = await prepare(study, folder, { narrator, interruption });
    await tell({ study, federation, narrator }, interruption);
    failed = false;
    if (!options.exit) {
      narrator.plain('\nEverything is still up. Ctrl-C stops it in order.');
      await interruption.request;
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw refusalOf(error, folder);
    failed = false;
    terminal.exitCode(INTERRUPTED_EXIT);
  } finally {
    await end({ federation, folder, failed }, narrator, terminal);
    interruption.dispose();
  }
}

/** What a slow or odd machine makes of the parties is told in a sentence; a programming mistake keeps its stack. */
function refusalOf(error: unknown, { path }: DemoFolder): unknown {
  return error instanceof Error && error.constructor === Error ? new CommandRefused(`${error.message} The logs are in ${path}.`) : error;
}

function introduce({ introduction, plan }: DemoStudy, narrator: Narrator): void {
  narrator.plain(`Consilium: one study, ${plan.sites.length} hospitals, and no patient row leaves any of them.`);
  for (const sentence of introduction) narrator.plain(sentence);
  narrator.plain('Each party is a process of its own on this machine, with its own folder and key. Research use only.');
}

async function prepare(study: DemoStudy, { path }: DemoFolder, { narrator, interruption }: { narrator: Narrator; interruption: Interruption }): Promise<LocalFederation> {
  narrator.heading('The hospitals enrol');
  narrator.say('Each reads ten words of its key to the centre, which admits it when they are the same at both ends.');
  return LocalFederation.prepare({
    folder: path, study: study.plan.study, title: study.plan.title, sites: study.sites,
    onStep: (sentence) => {
      interruption.check();
      narrator.say(sentence);
    },
  });
}

async function tell(stage: Stage, interruption: Interruption): Promise<void> {
  const { narrator, federation, study } = stage;
  narrator.heading('The centre checks its analysis plan');
  await checkPlan(study.planFile, { table: study.table, siteColumn: study.siteColumn }, narrator.inside);
  interruption.check();
  const digest = await interruption.during(decisions(stage));
  narrator.heading('The study runs');
  const rehearsal = await rehearsed(stage);
  const run = await interruption.during(execution(stage, digest, rehearsal));
  narrator.heading('What was found');
  const results = await federation.results(run);
  const found = JSON.parse(results) as RunResults;
  narrator.say([extractionReport(found), pipelineReport(found), validationReport(found, study.plan.evaluate.metaAnalysis)].filter((text) => text !== '').join('\n\n'));
  narrator.heading('Can it be trusted?');
  if (rehearsal !== null) narrator.say(sameResults(results, rehearsal));
  narrator.say(await verifyLedgers(federation));
  interruption.check();
  narrator.heading('Where things are');
  const out = join(federation.folder, 'results');
  await writeReport(run, { out, session: federation.sessionFile, pdf: false }, { ...narrator.inside, out: () => undefined });
  narrator.say(whereThingsAre(federation, out));
}

/** What one table in one process gives; a plan that reads images has no such table. */
async function rehearsed({ study, narrator }: Stage): Promise<Rehearsal | null> {
  if (study.plan.extract) {
    narrator.say('Every hospital extracts features from its own images first. An interrupted extraction goes on where it was.');
    return null;
  }
  const rehearsal = await rehearse(study);
  narrator.say(`A rehearsal over one table of all patients, in one process, took ${rehearsal.rounds} rounds. Now the hospitals, over the network:`);
  return rehearsal;
}

async function decisions({ federation, study, narrator }: Stage): Promise<string> {
  narrator.heading('The data stewards decide');
  const digest = await federation.offerPlan(study.planText);
  for (const agent of federation.agents.values()) {
    const { fit, decision } = await approvePlan(agent.root, digest);
    narrator.say(`${agent.site} approves exactly this plan for its ${fit.patients} patients, until ${decision.expiresAt?.slice(0, 10) ?? 'it is withdrawn'}.`);
  }
  await federation.untilApproved(digest);
  return digest;
}

async function execution({ federation, narrator }: Stage, plan: string, rehearsal: Rehearsal | null): Promise<string> {
  const run = await federation.launch(plan);
  if (rehearsal === null) await watchRun(federation.centre, run, narrator.inside);
  else await followRun(federation.centre, { run, rounds: rehearsal.rounds }, narrator.inside);
  await federation.untilEnded(run);
  const record = JSON.parse(await federation.centre.getText(`/api/runs/${run}/record`)) as RunRecord;
  const seconds = (Date.parse(record.endedAt) - Date.parse(record.launchedAt)) / 1000;
  narrator.say(`Run ${run} is closed after ${seconds.toFixed(1)} s. Sums and figures that left the hospitals: ${megabytes(record.bytesReceived)}.`);
  return run;
}

interface RunRecord {
  readonly launchedAt: string;
  readonly endedAt: string;
  readonly bytesReceived: number;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

interface Remains {
  readonly federation: LocalFederation | undefined;
  readonly folder: DemoFolder;
  readonly failed: boolean;
}

/** Agents first, the coordinator and its database last. What failed keeps its folder: the logs in it say why. */
async function end({ federation, folder, failed }: Remains, narrator: Narrator, terminal: Terminal): Promise<void> {
  terminal.status('');
  if (federation !== undefined) {
    narrator.plain('\nStopping: the agents, then the coordinator and its database.');
    await federation.stop();
  }
  if (failed) terminal.exitCode(EXIT_REFUSED);
  if (failed || folder.kept) narrator.plain(`Everything is stopped. The folder ${folder.path} is kept.`);
  else {
    await folder.remove();
    narrator.plain('Everything is stopped, and the temporary folder is removed. With --folder it is kept.');
  }
  narrator.plain(`The demonstration took ${narrator.seconds} s.`);
}
