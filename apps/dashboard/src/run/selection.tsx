import { isFigure, isValue, selectionFunnel, selectionLasso, words, type FigureTable, type RunContext } from '@consilium/charts';
import { DataTable, FindingFrame } from '@consilium/interface';
import { ResultPage } from './result-page.js';

export function Selection() {
  return (
    <ResultPage
      title="How was it selected?"
      answer={({ context }) => {
        const funnel = selectionFunnel(context);
        return isFigure(funnel) ? funnel.figure.answer : funnel.absent;
      }}
    >
      {(state) => {
        const table = keptFeatures(state.context);
        return (
          <>
            <FindingFrame title="Features left after each step" finding={selectionFunnel(state.context)} number={1} {...state.frame} />
            <FindingFrame title="LASSO" finding={selectionLasso(state.context)} number={2} {...state.frame} />
            {table && (
              <div className="panel">
                <DataTable table={table} />
              </div>
            )}
          </>
        );
      }}
    </ResultPage>
  );
}

function keptFeatures({ results }: RunContext): FigureTable | null {
  const { select } = results.stages;
  if (!isValue(select) || select.selected === null) return null;
  return { caption: 'Features that were kept', columns: [{ key: 'row', label: 'Feature' }], rows: select.selected.map((feature) => ({ row: words(feature) })) };
}
