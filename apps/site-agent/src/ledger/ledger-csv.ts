import type { ChainedRecord } from '@consilium/operations';
import type { LedgerEntry } from '@consilium/protocol';

const HEADER = ['sequence', 'at', 'event', 'run', 'round', 'attempt', 'step', 'version', 'profile', 'rules', 'held_back', 'bytes', 'numbers', 'sha256', 'note', 'record_sha256'];

/** The ledger for a data protection officer's spreadsheet: one line a contribution, refusal or decision. */
export async function* ledgerCsv(records: AsyncIterable<ChainedRecord<LedgerEntry>>): AsyncGenerator<string> {
  yield `${HEADER.join(',')}\n`;
  for await (const record of records) {
    for (const row of rowsOf(record)) yield `${HEADER.map((name) => cell(row[name])).join(',')}\n`;
  }
}

type Row = Readonly<Record<string, string | number | null | undefined>>;

function rowsOf({ sequence, entry, note, digest }: ChainedRecord<LedgerEntry>): Row[] {
  const chain = { sequence, record_sha256: digest };
  if (!entry) return [{ ...chain, event: 'note', note }];
  const base = { ...chain, at: entry.at, event: entry.event };
  switch (entry.event) {
    case 'contributions':
      return [
        ...entry.parts.map(({ round, attempt, step, version, rules, size, digest: sha256, rendering, beforeGate }) => ({
          ...base, run: entry.run, round, attempt, step, version, profile: entry.profile, rules: rules.join(' '), held_back: beforeGate?.heldBack.join(' '), bytes: size, numbers: rendering.numbers, sha256,
        })),
        ...entry.refusals.map((refusal) => ({ ...base, event: 'refusal', run: entry.run, round: refusal.round, attempt: refusal.attempt, rules: refusal.rule, note: refusal.sentence })),
      ];
    case 'sent-again':
      return entry.parts.map(({ round, attempt, digest: sha256, size }) => ({ ...base, run: entry.run, round, attempt, bytes: size, sha256 }));
    case 'held-back':
      return entry.refusals.map((refusal) => ({ ...base, run: entry.run, round: refusal.round, attempt: refusal.attempt, note: refusal.sentence }));
    case 'mask-key':
      return [{ ...base, run: entry.run, sha256: entry.session, ...(entry.refusal ? { rules: entry.refusal.rule, note: entry.refusal.sentence } : { note: 'given' }) }];
    case 'key-rotated':
      return [{ ...base, sha256: entry.to, note: 'key of the site rotated' }];
    case 'backed-up':
      return [{ ...base, note: 'a backup was made' }];
    case 'restored':
      return [{ ...base, note: `restored from a backup of ${entry.madeAt}` }];
    case 'privacy-spent':
      return [{ ...base, run: entry.run, round: entry.round, step: entry.step, note: `study ${entry.study} has used epsilon ${entry.epsilon} at delta ${entry.delta}` }];
    case 'decision':
      return [{ ...base, sha256: entry.plan, note: `${entry.decision}${entry.expiresAt === null ? '' : ` until ${entry.expiresAt}`}` }];
    case 'withdrawals':
      return entry.runs.length === 0 ? [{ ...base, note: 'no run rests on patients who withdrew consent' }] : entry.runs.map(({ run, patients }) => ({ ...base, run, note: `${patients.atLeast} to ${patients.below - 1} patients of its training withdrew consent` }));
    case 'purged':
      return [{ ...base, note: `${entry.keys.length} contributions: ${entry.why}` }];
    case 'connected':
      return [{ ...base, note: `version ${entry.agentVersion}, ${entry.unsettled} unsettled` }];
    case 'receipt':
      return entry.parts.map(({ run, round, attempt, digest: sha256 }) => ({ ...base, run, round, attempt, sha256, note: 'signed by the coordinating centre' }));
    case 'stopped':
      return [{ ...base, note: `${entry.told ? 'the coordinator was told' : 'the coordinator was not told'}${entry.reason === null ? '' : `: ${entry.reason}`}` }];
    case 'resumed':
      return [{ ...base, note: entry.reason }];
    case 'enrolled':
      return [{ ...base, note: `as ${entry.site}` }];
  }
}

/** A cell that a spreadsheet would run as a formula gets a leading apostrophe. */
function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'number' ? String(value) : value.replace(/^[=+\-@\t\r]/, "'$&");
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
