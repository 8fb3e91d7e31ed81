import { Button, TextField } from '@mui/material';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { say, words as cellOfWords, type FigureTable } from '@consilium/charts';
import { Choice, DataTable, Digest, Empty, Failure, Loaded, Page, Refusal } from '@consilium/interface';
import { api, type LedgerFilter, queryOf } from '../api.js';
import { go, To } from '../links.js';
import { ask } from '../queries.js';
import type { LedgerPage } from '../types.js';
import { useSay } from '../words/use-words.js';

const addressOf = (filter: LedgerFilter): string => {
  const asked = queryOf({ ...filter });
  return asked === '' ? '/ledger' : `/ledger?${asked}`;
};

/** What left the building: filtered, verified, exported. */
export function Ledger() {
  const { t } = useSay();
  const filter = useSearch({ strict: false }) as LedgerFilter;
  const ledger = useQuery(ask.ledger(filter));
  return (
    <Page
      title={t('ledger.title')}
      answer={ledger.data && ledger.data.total > 0 ? t('ledger.answer', { count: ledger.data.total, bytes: say.bytes(ledger.data.bytes) }) : undefined}
      action={
        <Button variant="contained" href="/api/ledger/export" download="ledger.csv">
          {t('ledger.export')}
        </Button>
      }
      controls={ledger.data && <Filters filter={filter} page={ledger.data} />}
    >
      <Verify />
      <Loaded query={ledger} height={480}>
        {(page) => (page.lines.length === 0 ? <Empty>{page.events.length === 0 ? t('ledger.none') : t('ledger.noneFits')}</Empty> : <Records page={page} filter={filter} />)}
      </Loaded>
    </Page>
  );
}

function Filters({ filter, page }: { readonly filter: LedgerFilter; readonly page: LedgerPage }) {
  const { t } = useSay();
  const names = t('ledger.events', { returnObjects: true });
  const change = (next: LedgerFilter): void => go(addressOf({ ...filter, ...next, before: undefined }));
  return (
    <>
      <Choice label={t('ledger.kind')} value={filter.event ?? ''} options={[{ value: '', label: t('ledger.all') }, ...page.events.map((event) => ({ value: event, label: names[event] }))]} onChange={(event) => change({ event })} />
      <Choice label={t('ledger.run')} value={filter.run ?? ''} options={[{ value: '', label: t('ledger.all') }, ...page.runs.map((run) => ({ value: run, label: run.slice(0, 8) }))]} onChange={(run) => change({ run })} />
      <div>
        <label className="control-label" htmlFor="step-filter">
          {t('ledger.stepFilter')}
        </label>
        <TextField id="step-filter" value={filter.step ?? ''} onChange={(event) => change({ step: event.target.value })} sx={{ width: { xs: '100%', sm: 220 }, background: 'var(--surface)' }} />
      </div>
    </>
  );
}

function Verify() {
  const { t, moment, told } = useSay();
  const verify = useMutation({ mutationFn: api.verifyLedger });
  const found = verify.data;
  return (
    <div style={{ display: 'grid', gap: 8 }}>
      <div>
        <Button disabled={verify.isPending} onClick={() => verify.mutate()}>
          {t('ledger.verify')}
        </Button>
      </div>
      {verify.error && <Failure error={verify.error} />}
      {found?.intact && <p role="status">{t('ledger.whole', { count: found.records, at: moment(found.at), digest: found.digest === null ? '–' : say.shortDigest(found.digest) })}</p>}
      {found && !found.intact && <Refusal title={t('ledger.brokenTitle')} sentence={t('ledger.broken', { sequence: found.firstBreak?.sequence, reason: told(found.firstBreak?.reason ?? ''), records: found.records })} help={t('ledger.brokenHelp')} />}
    </div>
  );
}

function Records({ page, filter }: { readonly page: LedgerPage; readonly filter: LedgerFilter }) {
  const { t, moment } = useSay();
  const names = t('ledger.events', { returnObjects: true });
  const table: FigureTable = {
    caption: t('ledger.caption'),
    columns: [
      { key: 'record', label: t('ledger.record'), numeric: true },
      { key: 'time', label: t('ledger.time') },
      { key: 'event', label: t('ledger.event') },
      { key: 'step', label: t('ledger.step') },
      { key: 'parts', label: t('ledger.parts'), numeric: true },
      { key: 'refused', label: t('ledger.refused'), numeric: true },
      { key: 'bytes', label: t('ledger.bytes'), numeric: true },
      { key: 'run', label: t('ledger.run') },
      { key: 'digest', label: t('ledger.digest') },
    ],
    rows: page.lines.map((line) => ({
      record: { text: String(line.sequence), value: line.sequence },
      time: { text: line.at === '' ? '–' : moment(line.at), value: line.at },
      event: cellOfWords(names[line.event]),
      step: cellOfWords(line.steps.length > 3 ? `${line.steps.slice(0, 3).join(', ')} …` : line.steps.join(', ')),
      parts: { text: line.parts === 0 ? '' : say.count(line.parts), value: line.parts },
      refused: { text: line.refusals === 0 ? '' : `${line.refusals} (${line.rules.join(', ')})`, value: line.refusals },
      bytes: { text: line.bytes === 0 ? '' : say.bytes(line.bytes), value: line.bytes },
      run: cellOfWords(line.run === null ? '' : line.run.slice(0, 8)),
      digest: cellOfWords(line.digest),
    })),
  };
  const oldest = page.lines.at(-1)!.sequence;
  return (
    <>
      <div className="panel">
        <DataTable table={table} render={(column, cell) => (column === 'record' ? <To to={`/ledger/${cell.text}`}>{cell.text}</To> : column === 'digest' ? <Digest value={cell.text} /> : column === 'time' ? <span style={{ whiteSpace: 'nowrap' }}>{cell.text}</span> : undefined)} />
      </div>
      <div style={{ display: 'flex', gap: 8 }}>
        {filter.before !== undefined && <Button onClick={() => go(addressOf({ ...filter, before: undefined }))}>{t('ledger.newest')}</Button>}
        {page.lines.length < page.total && page.lines.length >= 500 && <Button onClick={() => go(addressOf({ ...filter, before: oldest }))}>{t('ledger.older')}</Button>}
      </div>
    </>
  );
}
