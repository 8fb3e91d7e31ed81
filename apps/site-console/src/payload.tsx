import { useState } from 'react';
import { Segments } from '@consilium/interface';
import type { Rendering, ViewSummary } from './types.js';
import { useSay } from './words/use-words.js';

/** Which rows and columns, in a line. */
export function viewSentence(view: ViewSummary, { t, list }: Pick<ReturnType<typeof useSay>, 't' | 'list'>): string {
  const more = view.features - view.firstFeatures.length;
  const names = view.firstFeatures.length === 0 ? [] : [`${list(view.firstFeatures)}${more > 0 ? ` ${t('record.more', { count: more })}` : ''}`];
  return [t('record.outcome', { outcome: view.outcome }), `${t('record.columns', { count: view.features })}${names.length > 0 ? `: ${names.join('')}` : ''}`, ...view.conditions, ...view.models].join(' · ');
}

/** What left, as numbers beside their names or as text. */
export function PayloadOf({ rendering, label }: { readonly rendering: Rendering; readonly label: string }) {
  const { t } = useSay();
  const [view, setView] = useState<'table' | 'json'>('table');
  return (
    <>
      <div className="panel-body">
        <p className="panel-note">{rendering.complete ? t('record.complete', { count: rendering.numbers }) : t('record.summary')}</p>
        <div style={{ marginTop: 8 }}>
          <Segments label={t('record.shown')} value={view} options={[{ value: 'table', label: t('record.table') }, { value: 'json', label: t('record.json') }]} onChange={(value) => setView(value === 'json' ? 'json' : 'table')} />
        </div>
      </div>
      {view === 'json' ? (
        <pre className="text-block" tabIndex={0} role="region" aria-label={label}>
          {JSON.stringify(rendering.content, null, 1)}
        </pre>
      ) : (
        <Numbers content={rendering.content} label={label} />
      )}
    </>
  );
}

const ROWS_SHOWN = 200;

/** A leaf is a number or a word; blocks of numbers stand in one line. */
function leavesOf(content: unknown, name = ''): (readonly [string, string])[] {
  if (Array.isArray(content) && content.length === 0) return [[name, '']];
  if (Array.isArray(content) && content.every((item) => typeof item === 'number')) return [[name, content.map((value) => plain(value)).join('   ')]];
  if (Array.isArray(content)) return content.flatMap((item, i) => leavesOf(item, `${name}[${i + 1}]`));
  if (typeof content === 'object' && content !== null) return Object.entries(content).flatMap(([key, value]) => leavesOf(value, name === '' ? key : `${name}.${key}`));
  return [[name, typeof content === 'number' ? plain(content) : String(content)]];
}

const plain = (value: number): string => (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(7)))).replace('-', '−');

function Numbers({ content, label }: { readonly content: unknown; readonly label: string }) {
  const { t } = useSay();
  const leaves = leavesOf(content);
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={label} style={{ maxHeight: 420, overflow: 'auto' }}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('record.name')}</th>
            <th scope="col">{t('record.value')}</th>
          </tr>
        </thead>
        <tbody>
          {leaves.slice(0, ROWS_SHOWN).map(([name, value], i) => (
            <tr key={`${name} ${i}`}>
              <th scope="row" className="mono">
                {name}
              </th>
              <td className="mono" style={{ wordBreak: 'break-word' }}>
                {value === '' ? <span className="quiet">{t('record.none')}</span> : value}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {leaves.length > ROWS_SHOWN && <p className="panel-body quiet">{t('record.more', { count: leaves.length - ROWS_SHOWN })}</p>}
    </div>
  );
}
