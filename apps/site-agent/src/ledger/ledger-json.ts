import type { ChainedRecord } from '@consilium/operations';
import type { LedgerEntry } from '@consilium/protocol';

/**
 * The ledger as JSON, one record a line within a list: with the rendering of everything that left. What the gate held back stays in the ledger itself, unless the export is to have each answer as it was before
 * the gate too: then it is no less confidential than the ledger.
 */
export async function* ledgerJson(records: AsyncIterable<ChainedRecord<LedgerEntry>>, { beforeGate = false }: { readonly beforeGate?: boolean } = {}): AsyncGenerator<string> {
  let before = '[\n';
  for await (const record of records) {
    yield `${before}${JSON.stringify(beforeGate ? record : withoutHeldBack(record))}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

function withoutHeldBack(record: ChainedRecord<LedgerEntry>): object {
  const { entry } = record;
  if (entry?.event !== 'contributions') return record;
  const parts = entry.parts.map(({ beforeGate: _heldBack, ...part }) => part);
  return { ...record, entry: { ...entry, parts } };
}
