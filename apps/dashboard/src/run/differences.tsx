import { harmonisation, intensityTable, isFigure, say, siteDiscriminationTable, subgroupForest, subgroupTable, validationForest, type Figure } from '@consilium/charts';
import { Empty } from '@consilium/interface';
import { Exhibits, type Exhibit } from './exhibits.js';
import { NOTHING_VALIDATED, ResultPage, selectionOf, SelectionControls } from './result-page.js';

export function Differences() {
  return (
    <ResultPage
      title="Where does it not?"
      answer={(state) => {
        const selection = selectionOf(state);
        if (selection === null) return NOTHING_VALIDATED;
        const left = validationForest(state.context, { ...selection, validation: 'leave-one-site-out' }, { measure: 'auc' });
        return isFigure(left) ? spreadOf(left.figure) : "Leaving each hospital out is not in this run's plan for this model.";
      }}
      controls={(state) => <SelectionControls state={state} />}
    >
      {(state) => {
        const selection = selectionOf(state);
        if (selection === null) return <Empty>{NOTHING_VALIDATED}</Empty>;
        const items: Exhibit[] = [
          { title: 'Each hospital left out of training', finding: validationForest(state.context, { ...selection, validation: 'leave-one-site-out' }, { measure: 'auc' }) },
          { title: 'Subgroups', finding: subgroupForest(state.context, selection) },
          { title: 'Subgroups in numbers', table: subgroupTable(state.context, selection) },
          { title: 'Before and after harmonisation', finding: harmonisation(state.context) },
          { title: 'Intensities before and after', table: intensityTable(state.context) },
          { title: 'Hospital told by the selected features', table: siteDiscriminationTable(state.context) },
        ];
        return <Exhibits items={items} frame={state.frame} />;
      }}
    </ResultPage>
  );
}

/** The hospitals where it does worst and best, from the rows that a forest shows. */
function spreadOf({ table, answer }: Figure): string {
  const rows = table.rows.filter(({ row, estimate }) => row!.site !== undefined && typeof estimate?.value === 'number');
  if (rows.length < 2) return answer;
  const sorted = [...rows].sort((a, b) => (a['estimate']!.value as number) - (b['estimate']!.value as number));
  const said = (row: (typeof rows)[number]): string => `${say.number(row['estimate']!.value as number, 'auc')}${typeof row['low']?.value === 'number' && typeof row['high']?.value === 'number' ? ` (95% CI ${say.range(row['low'].value, row['high'].value, 'auc')})` : ''} at ${row['row']!.text}`;
  return `Each hospital left out of training in turn: AUC lowest ${said(sorted[0]!)}, highest ${said(sorted.at(-1)!)}.`;
}
