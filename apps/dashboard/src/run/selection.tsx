<<<<<<< HEAD
import { type DrawnPlan, featureKinds, isFigure, keptFeatures, leftOutChoicesTable, optimismTable, planSteps, pipelineForest, repeatsTable, selectionFunnel, selectionLasso, selectionsOf, sequenceTable, stabilityTable, volumeFigure } from '@consilium/charts';
import { Choice, FindingFrame } from '@consilium/interface';
=======
import { type DrawnPlan, featureKinds, isFigure, keptFeatures, planSteps, pipelineForest, selectionFunnel, selectionLasso, selectionsOf, sequenceTable, volumeFigure } from '@consilium/charts';
import { Choice } from '@consilium/interface';
>>>>>>> a41f4ae (feat(dashboard,site-console,site-agent): pages drawn at once, exhibits in order, a choice among series, extraction that rests)
import { useQuery } from '@tanstack/react-query';
import { ask } from '../queries.js';
import { Exhibits, type Exhibit } from './exhibits.js';
import { ResultPage, type ResultState } from './result-page.js';

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
<<<<<<< HEAD
      {(state) => (
        <>
          <FindingFrame title="Features left after each step" finding={selectionFunnel(state.context)} number={1} {...state.frame} />
          <FindingFrame title="LASSO" finding={selectionLasso(state.context, partOf(state))} number={2} {...state.frame} />
          <TableOrReason title="Features that were kept" table={keptFeatures(state.context, partOf(state))} />
          <FindingFrame title="Kept features by class" finding={featureKinds(state.context, partOf(state))} number={3} {...state.frame} />
          {state.context.results.stages.pipeline !== undefined && (
            <>
              <TableOrReason title="Sequences of the pipeline" table={sequenceTable(state.context)} />
              <FindingFrame title="Models of the pipeline on training patients" finding={pipelineForest(state.context)} number={4} {...state.frame} />
              <TableOrReason title="Optimism" table={optimismTable(state.context)} />
              <TableOrReason title="Repeats and permutations" table={repeatsTable(state.context)} />
              <TableOrReason title="Stability of the selection" table={stabilityTable(state.context)} />
              <TableOrReason title="Choices without each hospital" table={leftOutChoicesTable(state.context)} />
              <FindingFrame title="Selected features and tumour volume" finding={volumeFigure(state.context)} number={5} {...state.frame} />
            </>
          )}
          <Steps state={state} />
        </>
      )}
=======
      {(state) => <SelectionExhibits state={state} />}
>>>>>>> a41f4ae (feat(dashboard,site-console,site-agent): pages drawn at once, exhibits in order, a choice among series, extraction that rests)
    </ResultPage>
  );
}

/** The whole analysis stands last, from the plan that the run executed. */
function SelectionExhibits({ state }: { readonly state: ResultState }) {
  const { context } = state;
  const { data: plan } = useQuery(ask.plan(state.run.plan));
  const pipeline: Exhibit[] = [
    { title: 'Sequences of the pipeline', table: sequenceTable(context) },
    { title: 'Models of the pipeline on training patients', finding: pipelineForest(context) },
    { title: 'Selected features and tumour volume', finding: volumeFigure(context) },
  ];
  const items: Exhibit[] = [
    { title: 'Features left after each step', finding: selectionFunnel(context) },
    { title: 'LASSO', finding: selectionLasso(context, partOf(state)) },
    { title: 'Features that were kept', table: keptFeatures(context, partOf(state)) },
    { title: 'Kept features by class', finding: featureKinds(context, partOf(state)) },
    ...(context.results.stages.pipeline === undefined ? [] : pipeline),
    ...(plan === undefined ? [] : [{ title: 'Steps of the analysis', finding: planSteps(context, JSON.parse(plan.text) as DrawnPlan) }]),
  ];
  return <Exhibits items={items} frame={state.frame} />;
}
