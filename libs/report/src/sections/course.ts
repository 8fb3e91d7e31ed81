import { communicationFigure, factsOf, say, siteNumber, timelineFigure, words, type FigureTable, type RunContext } from '@consilium/charts';
import { figure, table, text, type Block, type Section } from '../blocks.js';
import type { ReportSource, RunRecord, RunTimeline } from '../report-source.js';

/** What was asked of the hospitals, and what it cost: from run.json and the coordinator's clock. */
export function courseSection(context: RunContext, { record, timeline, results }: ReportSource): Section {
  const head = { id: 'course', title: 'What was asked, and what did it cost?' };
  if (record === null) return { ...head, answer: 'These results are of a simulation in one program, or came without the evidence of their run: no round travelled that this report knows of.', blocks: [] };
  const seconds = (Date.parse(record.endedAt) - Date.parse(record.launchedAt)) / 1000;
  return {
    ...head,
    answer: `${say.plural(record.rounds.length, 'round')} in ${say.duration(seconds)}; ${say.bytes(record.bytesReceived)} came from ${say.plural(results.sites.length, 'hospital')}.`,
    blocks: [
      text(`The run was launched by ${record.launchedBy} on ${say.moment(record.launchedAt)} and ended on ${say.moment(record.endedAt)}. It was executed ${record.executions === 1 ? 'once' : `${record.executions} times, taken up again after interruptions`}, by Consilium ${record.productVersion}.`),
      ...siteSets(record),
      ...(timeline === null ? [] : lanes(context, timeline)),
      table('Rounds by stage', stageTable(record)),
    ],
  };
}

const siteSets = ({ siteSets: sets }: RunRecord): Block[] =>
  sets.length < 2 ? [] : [text(`Hospitals changed during the run: ${sets.map(({ sites, decidedBy, decidedAt }) => `${say.list(sites)} (${decidedBy}, ${say.moment(decidedAt)})`).join('; then ')}.`)];

function lanes(context: RunContext, { from, to, lanes: own, stages }: RunTimeline): Block[] {
  const facts = { ...factsOf(context, { sites: own.length, patients: null, events: null, suppressed: 0 }), minimumCount: 0, profile: 'times only, no patient is counted' };
  const late = own.reduce((sum, { bars }) => sum + bars.filter(({ state }) => state === 'late').reduce((n, { rounds }) => n + rounds, 0), 0);
  const drawn = timelineFigure({ from, to, now: null, lanes: own.map(({ site, bytes, ...lane }) => ({ ...lane, label: site, site: siteNumber(context, site), bytesSent: bytes })), stages, answer: late === 0 ? 'No answer was late.' : `${say.plural(late, 'answer')} came late.`, facts });
  const sent = communicationFigure({ sites: own.map(({ site, bytes, rounds }) => ({ site, place: siteNumber(context, site), bytes, rounds })), sitesAll: context.results.sites.length, resultsDigest: context.resultsDigest, planDigest: context.results.plan.digest, date: context.date });
  return [figure('Hospitals by time', { figure: drawn }), figure('What came from each hospital', { figure: sent })];
}

function stageTable({ rounds }: RunRecord): FigureTable {
  const stages = [...new Set(rounds.map(({ stageName }) => stageName))];
  return {
    caption: 'Rounds by stage',
    columns: [
      { key: 'row', label: 'Stage' },
      { key: 'rounds', label: 'Rounds', numeric: true },
      { key: 'asked', label: 'Asked', numeric: true },
      { key: 'answered', label: 'Answered', numeric: true },
      { key: 'took', label: 'Time in rounds', numeric: true },
    ],
    rows: stages.map((stage) => {
      const own = rounds.filter(({ stageName }) => stageName === stage);
      const sum = (value: (round: RunRecord['rounds'][number]) => number): number => own.reduce((total, round) => total + value(round), 0);
      const [asked, answered] = [sum(({ bytesSent }) => bytesSent), sum(({ bytesReceived }) => bytesReceived)];
      const took = secondsCovered(own.flatMap(({ openedAt, closedAt }) => (closedAt === null ? [] : [[Date.parse(openedAt), Date.parse(closedAt)] as const])));
      return { row: words(stage), rounds: { text: say.count(own.length), value: own.length }, asked: { text: say.bytes(asked), value: asked }, answered: { text: say.bytes(answered), value: answered }, took: { text: say.duration(took), value: took } };
    }),
  };
}

/** Seconds in which at least one of the rounds was open: many are asked in one message, and their times are one. */
function secondsCovered(intervals: readonly (readonly [from: number, to: number])[]): number {
  let [covered, end] = [0, -Infinity];
  for (const [from, to] of [...intervals].sort(([a], [b]) => a - b)) {
    covered += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return covered / 1000;
}
