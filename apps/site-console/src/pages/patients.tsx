import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { type FigureTable } from '@consilium/charts';
import { DataTable, Empty, Loaded, Page, Refusal, Segments, Tag, type Tone } from '@consilium/interface';
import { go, To } from '../links.js';
import { ask } from '../queries.js';
import type { CellState, PatientGrid } from '../types.js';
import { useSay } from '../words/use-words.js';

/** The worse, the higher. */
const badness: Readonly<Record<CellState, number>> = { refused: 5, fault: 4, flagged: 3, 'outside-folder': 2, 'no-mask': 2, 'no-image': 1, unread: 0, well: 0 };
const tones: Readonly<Record<CellState, Tone>> = { refused: 'bad', fault: 'bad', flagged: 'warn', 'outside-folder': 'warn', 'no-mask': 'warn', 'no-image': 'plain', unread: 'plain', well: 'good' };

type Row = PatientGrid['patients'][number];

const worstOf = ({ cells }: Row): number => Math.max(0, ...cells.map(({ state }) => badness[state]));
const isExcluded = ({ review }: Row): boolean => review?.decision === 'excluded';
/** What somebody has accepted needs no look. */
const needsLook = (row: Row): boolean => row.review === null && worstOf(row) >= badness.flagged;

/** Which patients are fit? Patients by sequence. */
export function Patients() {
  const { t } = useSay();
  const { show } = useSearch({ strict: false }) as { readonly show?: string };
  const query = useQuery(ask.patients);
  const all = query.data?.patients ?? [];
  const answer = t('patients.answer', { count: all.length, flagged: all.filter(needsLook).length, excluded: all.filter(isExcluded).length });
  return (
    <Page
      title={t('patients.title')}
      answer={query.data && all.length > 0 ? answer : undefined}
      controls={
        <Segments
          label={t('patients.show')}
          value={show ?? 'all'}
          options={[{ value: 'all', label: t('patients.all') }, { value: 'flagged', label: t('patients.onlyFlagged') }, { value: 'excluded', label: t('patients.onlyExcluded') }]}
          onChange={(value) => go(value === 'all' ? '/patients' : `/patients?show=${value}`)}
        />
      }
    >
      <Loaded query={query} height={480}>
        {(grid) => <Grid grid={grid} show={show ?? 'all'} />}
      </Loaded>
    </Page>
  );
}

function Grid({ grid, show }: { readonly grid: PatientGrid; readonly show: string }) {
  const { t, told } = useSay();
  if (grid.patients.length === 0) return <Empty>{t('patients.none')}</Empty>;
  const shown = grid.patients.filter((row) => (show === 'flagged' ? needsLook(row) : show === 'excluded' ? isExcluded(row) : true));
  const sorted = [...shown].sort((a, b) => worstOf(b) - worstOf(a));
  return (
    <>
      {grid.problems.length > 0 && <Refusal title={t('patients.problems')} sentence={grid.problems.map(told).join(' ')} />}
      {grid.sequences.length === 0 && grid.problems.length === 0 && <p className="quiet">{t('patients.noImages')}</p>}
      {grid.scanning && <p role="status">{t('patients.scanning', grid.scanning)}</p>}
      <GridTable rows={sorted} sequences={grid.sequences} />
    </>
  );
}

function GridTable({ rows, sequences }: { readonly rows: readonly Row[]; readonly sequences: readonly string[] }) {
  const { t } = useSay();
  const stateWords = useStateWords();
  const table: FigureTable = {
    caption: t('patients.caption'),
    columns: [{ key: 'patient', label: t('patients.patient') }, ...sequences.map((sequence) => ({ key: `sequence ${sequence}`, label: sequence })), { key: 'review', label: t('patients.review') }],
    rows: rows.map((row) => ({
      patient: { text: row.patient, value: row.patient },
      ...Object.fromEntries(row.cells.map(({ sequence, state, flags }) => [`sequence ${sequence}`, { text: stateWords(state, flags), value: badness[state] }])),
      review: { text: row.review === null ? t('patients.open') : row.review.decision === 'excluded' ? t('patients.excluded') : t('patients.accepted'), value: row.review?.decision ?? '' },
    })),
  };
  const states = new Map(rows.map((row) => [row.patient, row]));
  return (
    <div className="panel">
      <DataTable
        table={table}
        render={(column, cell, row) => {
          const of = states.get(String(row['patient']!.value))!;
          if (column === 'patient') return <To to={`/patients/${encodeURIComponent(cell.text)}`}>{cell.text}</To>;
          if (column === 'review') return of.review === null ? <span className="quiet">{cell.text}</span> : <Tag tone={isExcluded(of) ? 'bad' : 'good'}>{cell.text}</Tag>;
          const found = of.cells.find(({ sequence }) => `sequence ${sequence}` === column);
          return found && <Tag tone={tones[found.state]}>{cell.text}</Tag>;
        }}
      />
    </div>
  );
}

export function useStateWords(): (state: CellState, flags: number) => string {
  const { t } = useSay();
  return (state, flags) => (state === 'flagged' ? t('patients.states.flagged', { count: flags }) : t(`patients.states.${state}`));
}
