import { isFigure, keptFeatures, pipelineForest, selectionFunnel, selectionLasso, selectionsOf, sequenceTable, volumeFigure } from '@consilium/charts';
import { Choice, FindingFrame } from '@consilium/interface';
import { ResultPage, type ResultState } from './result-page.js';
import { TableOrReason } from './table-or-reason.js';

/** Which selection of the run is shown: the plan's own, or that of a sequence of its pipeline. */
const partOf = ({ context, search }: ResultState): string | undefined => {
  const parts = selectionsOf(context).map(({ part }) => part);
  return parts.find((part) => part === search.part) ?? (parts.includes('') ? '' : parts.at(-1));
};

export function Selection() {
  return (
    <ResultPage
      title="How was it selected?"
      answer={({ context }) => {
        const funnel = selectionFunnel(context);
        return isFigure(funnel) ? funnel.figure.answer : funnel.absent;
      }}
      controls={(state) => {
        const parts = selectionsOf(state.context).map(({ part }) => part);
        return parts.length < 2 ? null : <Choice label="Features of" value={partOf(state) ?? ''} options={parts.map((part) => ({ value: part, label: part === '' ? 'the plan' : part }))} onChange={(part) => state.change({ part })} />;
      }}
    >
      {(state) => (
        <>
          <FindingFrame title="Features left after each step" finding={selectionFunnel(state.context)} number={1} {...state.frame} />
          <FindingFrame title="LASSO" finding={selectionLasso(state.context, partOf(state))} number={2} {...state.frame} />
          <TableOrReason title="Features that were kept" table={keptFeatures(state.context, partOf(state))} />
          {state.context.results.stages.pipeline !== undefined && (
            <>
              <TableOrReason title="Sequences of the pipeline" table={sequenceTable(state.context)} />
              <FindingFrame title="Models of the pipeline on training patients" finding={pipelineForest(state.context)} number={3} {...state.frame} />
              <FindingFrame title="Selected features and tumour volume" finding={volumeFigure(state.context)} number={4} {...state.frame} />
            </>
          )}
        </>
      )}
    </ResultPage>
  );
}
