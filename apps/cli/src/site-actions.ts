import { createWriteStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  approvePlan, checkSite, enrolSite, existingSiteFolder, initSite, isStopped, ledgerCsv, ledgerJson, listBudget, listPlans, purgeOutbox, readEnrolment, readLedger, refusePlan, resumeSite, setConsolePassword, startAgent, stoppedOf, stopSite, toldError, verifyLedger, verifyReceipts, withdrawApproval,
  type LedgerEntry, type ListedPlan,
} from '@consilium/site-agent';
import { fingerprintOf } from '@consilium/secure-channel';
import { privacySentences } from '@consilium/study';
import { collectGarbageWhole } from '@consilium/operations';
import { planStageSchema, type PlanStage } from '@consilium/protocol';
import { z } from 'zod';
import { CommandRefused, usage } from './refusal.js';
import type { DecisionCommandOptions, EnrolCommandOptions, LedgerCommandOptions, PasswordCommandOptions } from './site-commands.js';
import { EXIT_REFUSED, type Terminal } from './terminal.js';
import { textTable } from './text-table.js';

const SHORT = 12;

export async function init(dir: string, terminal: Terminal): Promise<void> {
  const { fingerprint, fresh } = await initSite(dir);
  terminal.out(fresh ? 'The site folder is made. Only this account can read it.' : 'The site folder was there before. Nothing in it was replaced.');
  terminal.out(`Fingerprint of the site: ${fingerprint.words}`);
  terminal.out('Next: name your tables in agent.json, then use consilium site enrol with the invite of the coordinating centre.');
}

export async function enrol(dir: string, { invite, coordinator }: EnrolCommandOptions, terminal: Terminal): Promise<void> {
  const { site, state, words } = await enrolSite(dir, { invite, coordinatorUrl: coordinator });
  terminal.out(`The site is enrolled as ${site}.`);
  terminal.out(`Fingerprint of the site: ${words}`);
  terminal.out(state === 'admitted' ? 'Next: consilium site start.' : 'Read these words to the coordinating centre by telephone. It admits the site when they are the same at both ends.');
}

export async function check(dir: string, terminal: Terminal): Promise<void> {
  const { findings, exitCode } = await checkSite(dir);
  terminal.out(textTable(['check', 'outcome', ''], findings.map(({ check: name, outcome, sentence, fix }) => [name, outcome, fix === undefined ? sentence : `${sentence} ${fix}`])));
  const problems = findings.filter(({ outcome }) => outcome === 'problem').length;
  terminal.out(problems === 0 ? 'The site is ready.' : `${problems} ${problems === 1 ? 'thing has' : 'things have'} to be mended first.`);
  terminal.exitCode(exitCode);
}

export async function start(dir: string, terminal: Terminal): Promise<void> {
  collectGarbageWhole();
  let told = '';
  const agent = await startAgent(dir, {
    onState: (state) => {
      const sentence =
        state.state === 'connected' ? 'Connected to the coordinator.'
        : state.state === 'waiting' || state.state === 'refused' ? `${state.error.code}: ${toldError(state.error)}`
        : '';
      if (sentence !== '' && sentence !== told) terminal.note(sentence);
      if (sentence !== '') told = sentence;
    },
  });
  terminal.note(`The agent of ${agent.site} is at work. End it with Ctrl-C; consilium site stop stops the site for good.`);
  if (isStopped(existingSiteFolder(dir))) terminal.note('The site is stopped: nothing is sent until consilium site resume.');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void agent.stop());
  const reason = await agent.ended;
  if (reason) throw reason;
  terminal.note('The agent has stopped. What was not settled is kept.');
}

export async function stop(dir: string, terminal: Terminal): Promise<void> {
  const { agentEnded, at } = await stopSite(dir);
  terminal.out(agentEnded ? 'The agent has ended, and the site is stopped.' : 'No agent was at work in this folder. The site is stopped.');
  terminal.out(`Stopped since ${at.slice(0, 19).replace('T', ' ')} UTC: keys of sessions are wiped, and nothing is sent, whoever starts the agent, until consilium site resume.`);
}

export async function resume(dir: string, { yes }: { readonly yes?: boolean }, terminal: Terminal): Promise<void> {
  const stopped = stoppedOf(existingSiteFolder(dir));
  if (!stopped) return terminal.out('The site is not stopped.');
  if (yes !== true) throw usage(`The site is stopped since ${stopped.at.slice(0, 19).replace('T', ' ')} UTC${stopped.reason === null ? '' : ` (${stopped.reason})`}. Approvals stand as they were: look at consilium site plans first, then say --yes.`);
  await resumeSite(dir);
  terminal.out('The site is resumed. An agent that is up connects by itself; otherwise use consilium site start.');
}

export async function plans(dir: string, terminal: Terminal): Promise<void> {
  const offered = await listPlans(dir);
  if (offered.length === 0) return terminal.out('No plan was offered yet.');
  const rows = offered.map((plan) => [plan.digest.slice(0, SHORT), plan.plan.title, String(plan.plan.version), plan.plan.disclosure, plan.plan.sites.join(', '), decisionOf(plan)]);
  terminal.out(textTable(['plan', 'title', 'version', 'disclosure', 'sites', 'decision'], rows));
  for (const { digest, participants, decision } of offered) {
    if (decision || !participants) continue;
    terminal.out(`Sums of plan ${digest.slice(0, SHORT)} are masked among these sites. Compare the words with them, by telephone:`);
    terminal.out(textTable(['site', 'words of its key'], participants.sites.map(({ site, key }) => [site, fingerprintOf(key).words])));
  }
  terminal.out('Approve one with consilium site approve PLAN, or refuse it with consilium site refuse PLAN.');
}

function decisionOf({ decision }: ListedPlan): string {
  if (!decision) return 'waits for you';
  if (decision.decision !== 'approved') return decision.decision;
  const stages = decision.stages === null ? '' : ` (${decision.stages.join(', ')})`;
  return `approved${stages}${decision.expiresAt === null ? '' : ` until ${decision.expiresAt.slice(0, 10)}`}`;
}

export async function approve(plan: string, { dir, days, until, stages, reason }: DecisionCommandOptions, terminal: Terminal): Promise<void> {
  const count = days === undefined ? undefined : Number(days);
  if (count !== undefined && (!Number.isSafeInteger(count) || count < 1 || count > 3650)) throw usage('Give --days as a whole number from 1 to 3650.');
  if (days !== undefined && until !== undefined) throw usage('Give --days or --until, not both.');
  const approved = await approvePlan(dir, plan, { days: count, until, stages: stages === undefined ? undefined : stagesOf(stages), reason });
  for (const sentence of approved.fit.warnings) terminal.note(`Note: ${sentence}`);
  const { expiresAt, stages: named } = approved.decision;
  terminal.out(`${approved.plan.plan.title}: approved${expiresAt === null ? '' : ` until ${expiresAt.slice(0, 10)}`}${named === null ? '' : `, for the stages ${named.join(', ')}`}, under the profile ${approved.plan.plan.disclosure}.`);
  for (const sentence of privacySentences(approved.plan.plan)) terminal.note(sentence);
  terminal.out(`The plan uses ${approved.fit.patients} patients of this site. Only what passes the limits leaves, and all of it stands on the ledger.`);
}

function stagesOf(list: string): PlanStage[] {
  const parsed = z.array(planStageSchema).min(1).safeParse([...new Set(list.split(',').map((name) => name.trim()))]);
  if (!parsed.success) throw usage(`Give --stages as names with commas between them: ${planStageSchema.options.join(', ')}.`);
  return parsed.data;
}

export async function refuse(plan: string, { dir, reason }: DecisionCommandOptions, terminal: Terminal): Promise<void> {
  await refusePlan(dir, plan, { reason });
  terminal.out('The plan is refused. Nothing runs for it at this site.');
}

export async function withdraw(plan: string, { dir, reason }: DecisionCommandOptions, terminal: Terminal): Promise<void> {
  await withdrawApproval(dir, plan, { reason });
  terminal.out('The approval is withdrawn. From now on nothing is sent for this plan. What was sent before stands on the ledger.');
}

export async function ledger(what: string, { dir, out, format = 'csv', beforeGate = false }: LedgerCommandOptions, terminal: Terminal): Promise<void> {
  const folder = existingSiteFolder(dir);
  const path = folder.ledger;
  if (what === 'verify') return verify(path, existsSync(folder.enrolment) ? readEnrolment(folder).coordinatorKey : null, terminal);
  if (what === 'export') return exportLedger(path, { out, format, beforeGate }, terminal);
  if (what !== 'list') throw usage('Use consilium site ledger with list, verify or export.');
  const rows: string[][] = [];
  for await (const { sequence, entry, note } of readLedger(path)) rows.push([String(sequence), entry?.at.slice(0, 19).replace('T', ' ') ?? '', entry?.event ?? 'note', entry ? describe(entry) : (note ?? '')]);
  terminal.out(rows.length === 0 ? 'The ledger is empty: nothing has left.' : textTable(['record', 'time (UTC)', 'event', ''], rows));
}

function describe(entry: LedgerEntry): string {
  switch (entry.event) {
    case 'contributions': {
      const steps = [...new Set(entry.parts.map(({ step }) => step))].join(', ');
      const bytes = entry.parts.reduce((total, { size }) => total + size, 0);
      const refused = entry.refusals.length > 0 ? `${entry.parts.length > 0 ? '; ' : ''}${entry.refusals.length} refused (${[...new Set(entry.refusals.map(({ rule }) => rule))].join(', ')})` : '';
      return `${entry.parts.length > 0 ? `${steps}: ${entry.parts.length} parts, ${bytes} bytes` : ''}${refused}`;
    }
    case 'sent-again':
      return `${entry.parts.length} parts, the same bytes`;
    case 'held-back':
      return `${entry.refusals.length} parts: ${entry.refusals[0]?.sentence ?? ''}`;
    case 'mask-key':
      return `session ${entry.session.slice(0, SHORT)}: ${entry.refusal ? `refused (${entry.refusal.rule})` : 'given'}`;
    case 'decision':
      return `plan ${entry.plan.slice(0, SHORT)} ${entry.decision}`;
    case 'key-rotated':
      return 'a new key follows the one before';
    case 'backed-up':
      return 'a backup was made';
    case 'restored':
      return `from a backup of ${entry.madeAt.slice(0, 16).replace('T', ' ')}`;
    case 'privacy-spent':
      return `${entry.step}: study ${entry.study} has used ε ${Number(entry.epsilon.toPrecision(3))} at δ ${entry.delta}`;
    case 'receipt':
      return `${entry.parts.length} parts, signed by the coordinating centre`;
    case 'stopped':
      return `${entry.told ? 'the coordinator was told' : 'the coordinator was not told'}${entry.reason === null ? '' : `: ${entry.reason}`}`;
    case 'resumed':
      return entry.reason ?? '';
    case 'withdrawals':
      return `${entry.runs.length} ${entry.runs.length === 1 ? 'run rests' : 'runs rest'} on patients who withdrew consent`;
    case 'purged':
      return `${entry.keys.length} contributions ${entry.why}`;
    case 'connected':
      return `version ${entry.agentVersion}, ${entry.unsettled} unsettled`;
    case 'enrolled':
      return `as ${entry.site}`;
  }
}

export async function budget(dir: string, confirm: boolean, terminal: Terminal): Promise<void> {
  const { limits, isKnown, studies } = await listBudget(dir, { confirm });
  if (studies.length > 0) terminal.out(textTable(['study', 'private answers', 'ε used'], studies.map(({ study, answers, epsilon }) => [study, String(answers), String(Number(epsilon.toPrecision(3)))])));
  else terminal.out('No private answer has left.');
  terminal.out(`Each study may use ε ${limits.epsilon} at δ ${limits.delta} here (privacyBudget of agent.json).`);
  if (!isKnown) terminal.out('What was used since the backup is not known, or a record is damaged: no private answer is given. If none left since the backup, use consilium site budget --nothing-since-backup.');
}

async function verify(path: string, coordinatorKey: string | null, terminal: Terminal): Promise<void> {
  const verified = await verifyLedger(path);
  if (verified === null) return terminal.out('The ledger is empty: nothing has left.');
  if (!verified.intact) {
    const { sequence, reason } = verified.firstBreak!;
    throw new CommandRefused(`The ledger breaks at record ${sequence}: it is ${reason}. The ${verified.records} records before it are whole. Nothing was changed.`, EXIT_REFUSED);
  }
  terminal.out(`The ledger is whole: ${verified.records === 1 ? '1 record' : `${verified.records} records`}, the last with digest ${verified.head.digest}.`);
  if (coordinatorKey === null) return;
  const { receipts, confirmed, unconfirmed, wrong } = await verifyReceipts(path, coordinatorKey);
  if (wrong.length > 0) throw new CommandRefused(`The receipt in record ${wrong[0]} is not the coordinator's, or names what this site did not send. Nothing was changed.`, EXIT_REFUSED);
  terminal.out(`Receipts signed by the coordinating centre: ${receipts}, for ${confirmed} contributions. Without a receipt: ${unconfirmed}.`);
}

async function exportLedger(path: string, { out, format, beforeGate }: { readonly out: string | undefined; readonly format: string; readonly beforeGate: boolean }, terminal: Terminal): Promise<void> {
  if (format !== 'csv' && format !== 'json') throw usage('Give --format as csv or json.');
  if (beforeGate && format !== 'json') throw usage('Answers as they were before the gate are in the JSON export: say --format json with --before-gate.');
  const lines = format === 'csv' ? ledgerCsv(readLedger(path)) : ledgerJson(readLedger(path), { beforeGate });
  if (out === undefined) {
    let text = '';
    for await (const line of lines) text += line;
    return terminal.out(text);
  }
  await pipeline(Readable.from(lines), createWriteStream(out, { flags: 'wx', mode: 0o600 }));
  terminal.out('The ledger is exported.');
}

export async function password(dir: string, { passwordFile, port }: PasswordCommandOptions, terminal: Terminal): Promise<void> {
  const number = port === undefined ? undefined : Number(port);
  if (number !== undefined && (!Number.isSafeInteger(number) || number < 1 || number > 65_535)) throw usage('Give --port as a whole number from 1 to 65535.');
  const given = passwordFile === undefined ? undefined : (await readFile(passwordFile, 'utf8')).trim();
  const set = await setConsolePassword(dir, { password: given, port: number });
  terminal.out(given === undefined ? `The password of the console is ${set.password} and is shown this once.` : 'The password of the console is set.');
  terminal.out(`The console is at ${set.address}, on this machine only, while the agent runs.`);
}

export async function purge(dir: string, terminal: Terminal): Promise<void> {
  const released = await purgeOutbox(dir);
  terminal.out(`${released.length} ${released.length === 1 ? 'contribution is' : 'contributions are'} let go. What is asked again is computed again.`);
}
