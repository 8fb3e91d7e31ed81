import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { say } from '@consilium/charts';
import { Digest, Loaded, Page, Panel, PlainTable } from '@consilium/interface';
import { To } from '../links.js';
import { PayloadOf, viewSentence } from '../payload.js';
import { ask } from '../queries.js';
import type { LedgerPart, LedgerRecord } from '../types.js';
import { useSay } from '../words/use-words.js';

/** One record of the ledger, with the numbers that left. */
export function RecordPage() {
  const { sequence } = useParams({ strict: false }) as { sequence: string };
  return <Loaded query={useQuery(ask.record(Number(sequence)))}>{(record) => <ShownRecord record={record} />}</Loaded>;
}

function ShownRecord({ record }: { readonly record: LedgerRecord }) {
  const { t, moment } = useSay();
  const { entry, sequence } = record;
  const parts = entry?.event === 'contributions' ? entry.parts : [];
  const bytes = parts.reduce((sum, { size }) => sum + size, 0);
  const refusals = entry !== undefined && 'refusals' in entry ? entry.refusals : [];
  const names = t('ledger.events', { returnObjects: true });
  return (
    <Page
      title={t('record.title', { sequence })}
      answer={parts.length > 0 ? t('record.sent', { count: parts.length, bytes: say.bytes(bytes) }) : t('record.nothing')}
      tags={
        <>
          <span>{names[entry?.event ?? 'note']}</span>
          {entry && <span>{moment(entry.at)}</span>}
          {sequence > 1 && <To to={`/ledger/${sequence - 1}`}>{t('record.previous')}</To>}
          {sequence < record.last && <To to={`/ledger/${sequence + 1}`}>{t('record.next')}</To>}
        </>
      }
      aside={<Panel title={t('record.facts')} facts={[[t('ledger.run'), entry !== undefined && 'run' in entry ? entry.run.slice(0, 8) : '–'], [t('record.profile'), entry?.event === 'contributions' ? (entry.profile ?? '–') : '–'], [t('record.recordDigest'), <Digest key="digest" value={record.digest} />]]} />}
    >
      {parts.map((part, i) => (
        <Part key={`${part.round} ${part.attempt}`} part={part} title={t('record.part', { n: i + 1, of: parts.length, step: part.step })} />
      ))}
      {refusals.length > 0 && (
        <PlainTable
          caption={t('record.refusals')}
          columns={[{ label: t('record.rule') }, { label: t('record.reason') }]}
          rows={refusals.map(({ round, rule, sentence }, i) => ({ key: `${round} ${i}`, cells: [rule, sentence] }))}
        />
      )}
      {parts.length === 0 && (
        <section className="panel" aria-label={t('record.whole')}>
          <div className="panel-body">
            <h2>{t('record.whole')}</h2>
          </div>
          <pre className="text-block" tabIndex={0} role="region" aria-label={t('record.whole')}>
            {JSON.stringify(entry ?? { note: record.note }, null, 2)}
          </pre>
        </section>
      )}
    </Page>
  );
}

function Part({ part, title }: { readonly part: LedgerPart; readonly title: string }) {
  const { t, list } = useSay();
  const words = useSay();
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-body">
        <h2>{title}</h2>
        <dl className="wide">
          <dt>{t('record.view')}</dt>
          <dd>{viewSentence(part.view, words)}</dd>
          <dt>{t('record.rules')}</dt>
          <dd>{part.rules.length === 0 ? t('record.noRules') : part.rules.join(', ')}</dd>
          <dt>{t('record.size')}</dt>
          <dd>{say.bytes(part.size)}</dd>
          <dt>{t('record.digest')}</dt>
          <dd>
            <Digest value={part.digest} />
          </dd>
        </dl>
        {part.maskedAmong && <p className="panel-note">{t('record.masked', { sites: list(part.maskedAmong) })}</p>}
      </div>
      <PayloadOf rendering={part.rendering} label={title} />
    </section>
  );
}
