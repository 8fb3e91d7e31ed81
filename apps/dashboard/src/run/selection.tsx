import { agreementTable, type DrawnPlan, droppedTable, featureKinds, isFigure, keptFeatures, leftOutChoicesTable, optimismTable, planSteps, pipelineForest, repeatsTable, selectionFunnel, selectionLasso, selectionsOf, sequenceTable, stabilityTable, volumeFigure } from '@consilium/charts';
import { Choice } from '@consilium/interface';
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
      {(state) => <SelectionExhibits state={state} />}
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
    { title: 'Optimism', table: optimismTable(context) },
    { title: 'Repeats and permutations', table: repeatsTable(context) },
    { title: 'Stability of the selection', table: stabilityTable(context) },
    { title: 'Choices without each hospital', table: leftOutChoicesTable(context) },
    { title: 'Selected features and tumour volume', finding: volumeFigure(context) },
  ];
  const items: Exhibit[] = [
    { title: 'Features left after each step', finding: selectionFunnel(context) },
    { title: 'LASSO', finding: selectionLasso(context, partOf(state)) },
    { title: 'Features that were kept', table: keptFeatures(context, partOf(state)) },
    { title: 'Why features went', table: droppedTable(context, partOf(state)) },
    { title: 'Agreement of readings', table: agreementTable(context, partOf(state)) },
    { title: 'Kept features by class', finding: featureKinds(context, partOf(state)) },
    ...(context.results.stages.pipeline === undefined ? [] : pipeline),
    ...(plan === undefined ? [] : [{ title: 'Steps of the analysis', finding: planSteps(context, JSON.parse(plan.text) as DrawnPlan) }]),
  ];
  return <Exhibits items={items} frame={state.frame} />;
}
