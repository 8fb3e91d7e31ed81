import { candidateParameters, describeStage, modelsOf, type ParsedPlan, planColumns, privacySentences, type SampleSizeCheck, sampleSizeCheck, sampleSizeSentences } from '@consilium/study';
import { stepsDigest } from '@consilium/federation/site';
import { parseDictionary } from '@consilium/tables';
import { checkedPlan } from './checked-plan.js';
import { withCountedFeatures } from './counted-features.js';
import { readSites } from './read-sites.js';
import { CommandRefused, usage } from './refusal.js';
import type { Terminal } from './terminal.js';

export interface PlanCheckOptions {
  readonly patients?: string;
  readonly events?: string;
  readonly table?: string;
  readonly siteColumn: string;
}

/** `consilium plan check`: every mistake, or what the plan is and what to know before it runs. */
export async function checkPlan(file: string, options: PlanCheckOptions, terminal: Terminal): Promise<void> {
  const read = await checkedPlan(file, terminal);
  checkDictionary(read);
  const parsed = { ...read, plan: await withCountedFeatures(read.plan) };
  terminal.out(linesOf(planLines(parsed)));
  if (parsed.plan.privacy) return privateSentences(parsed, options, terminal);
  const sentences = options.table === undefined ? sizeSentences(parsed, options) : await tableSentences(parsed, options.table, options.siteColumn, terminal);
  for (const sentence of sentences) terminal.out(sentence);
  terminal.out('The plan has no mistakes.');
}

/** What the noise will be; with a table, for its patients. The table is read here; nothing of it goes anywhere. */
async function privateSentences({ plan }: ParsedPlan, { patients, table, siteColumn }: PlanCheckOptions, terminal: Terminal): Promise<void> {
  let count = patients === undefined ? undefined : Number(patients);
  if (table !== undefined) {
    const tables = await readSites({ file: table, siteColumn, dictionary: plan.dictionary, columns: planColumns(plan) }, terminal);
    count = plan.sites.reduce((sum, site) => sum + (tables.get(site)?.pseudonyms.length ?? 0), 0);
  }
  if (count !== undefined && (!Number.isSafeInteger(count) || count < 1)) throw usage('Give --patients as a whole number above 0.');
  for (const sentence of privacySentences(plan, count)) terminal.out(sentence);
  terminal.out('The plan has no mistakes.');
}

function linesOf(pairs: string[][]): string {
  const width = Math.max(...pairs.map(([name]) => name!.length));
  return pairs.map(([name, value]) => `${name!.padEnd(width)}  ${value}`).join('\n');
}

function checkDictionary({ plan }: ParsedPlan): void {
  if (plan.dictionary === null) return;
  const dictionary = parseDictionary(plan.dictionary);
  if ('problems' in dictionary) throw new CommandRefused(dictionary.problems.map(({ sentence }) => sentence).join('\n'));
}

function planLines({ plan, digest }: ParsedPlan): string[][] {
  const { features, clinical, total } = candidateParameters(plan);
  return [
    ['title', plan.title],
    ['version', String(plan.version)],
    ['digest', digest],
    ['sites', plan.sites.join(', ')],
    ['disclosure', plan.disclosure],
    ['quorum', `${plan.quorum} of ${plan.sites.length} sites`],
    ['steps of this release', plan.methods === stepsDigest() ? `${stepsDigest()}, which the plan names` : stepsDigest()],
    ['candidate parameters', `${total}: ${features} features, ${clinical} clinical`],
    ['models', modelsOf(plan).join(', ')],
  ];
}

/** What the patients of a table are enough for. The table is read here; nothing of it goes anywhere. */
async function tableSentences({ plan }: ParsedPlan, file: string, siteColumn: string, terminal: Terminal): Promise<string[]> {
  const { inProcessFederation } = await import('@consilium/federation/in-process');
  const tables = await readSites({ file, siteColumn, dictionary: plan.dictionary, columns: planColumns(plan) }, terminal);
  const present = plan.sites.filter((site) => tables.has(site));
  if (present.length === 0) throw new CommandRefused(`Column ${siteColumn} of the table names none of the sites of the plan.`);
  const federation = inProcessFederation({ tables: new Map(present.map((site) => [site, tables.get(site)!])), profile: 'open-data' });
  // Sequences have no columns in a table before they are extracted; nothing here counts them.
  const { sampleSize, validationSize } = (await describeStage(federation, { ...plan, pipeline: undefined })) as unknown as {
    sampleSize: SampleSizeCheck;
    validationSize: { rows: string; sites: { site: string; belowHundredEvents: boolean }[] };
  };
  const below = validationSize.sites.filter(({ belowHundredEvents }) => belowHundredEvents).map(({ site }) => site);
  const imprecise = below.length === 0 ? [] : [`Below 100 events in the ${validationSize.rows} rows of ${below.join(', ')}: the figures there will be imprecise.`];
  return [...sampleSizeSentences(sampleSize), ...imprecise];
}

function sizeSentences({ plan }: ParsedPlan, { patients, events }: PlanCheckOptions): string[] {
  if (patients === undefined && events === undefined) {
    return ["With --patients and --events, events per parameter and Riley's sample-size criteria are printed here; a run prints them from the sites' counts."];
  }
  const n = Number(patients);
  const k = Number(events);
  if (!Number.isSafeInteger(n) || !Number.isSafeInteger(k) || n < 1 || k < 0 || k > n) throw usage('Give --patients and --events as whole numbers, with at most as many events as patients.');
  return sampleSizeSentences(sampleSizeCheck(plan, n, k));
}
