import { coefficientTable, correlationMap, groupMeans, nomogramOf, permutationBars, shapBars, shapDependence, shapFeatures, shapSwarm, trainedModels } from '@consilium/charts';
import { Choice, Panel } from '@consilium/interface';
import { Exhibits, type Exhibit } from './exhibits.js';
import { NomogramPatient } from './nomogram-patient.js';
import { ResultPage, type ResultState } from './result-page.js';

const modelOf = ({ context, search }: ResultState): string | null => {
  const names = trainedModels(context).filter(({ suppressed }) => suppressed === undefined).map(({ name }) => name);
  return names.find((name) => name === search.model) ?? names.at(-1) ?? null;
};

export function Explanation() {
  return (
    <ResultPage
      title="Why does it say so?"
      answer={(state) => {
        const model = modelOf(state);
        if (model === null) return 'No model has a result in this run.';
        const found = nomogramOf(state.context, model);
        return 'absent' in found ? found.absent : found.figure.answer;
      }}
      controls={(state) => {
        const model = modelOf(state);
        return model === null ? null : <Choice label="Model" value={model} options={trainedModels(state.context).filter(({ suppressed }) => suppressed === undefined).map(({ name }) => ({ value: name, label: name }))} onChange={(value) => state.change({ model: value })} />;
      }}
    >
      {(state) => {
        const model = modelOf(state);
        if (model === null) return <Panel title="Nothing to explain">No model has a result in this run.</Panel>;
        return <Exhibits items={exhibits(state, model)} frame={state.frame} />;
      }}
    </ResultPage>
  );
}

function exhibits(state: ResultState, model: string): Exhibit[] {
  const { context } = state;
  const found = nomogramOf(context, model);
  return [
    { title: 'Nomogram', finding: found },
    ...('model' in found ? [{ title: 'One patient', node: <NomogramPatient model={found.model} key={model} /> }] : []),
    ...shapExhibits(state, model),
    { title: 'Selected features by hospital and outcome', finding: groupMeans(context) },
    { title: 'Correlation of the selected features', finding: correlationMap(context) },
    { title: `Coefficients of ${model}`, table: coefficientTable(context, model) },
  ];
}

/** What each feature carries, how its values push, and what is lost without it. */
function shapExhibits(state: ResultState, model: string): Exhibit[] {
  const bars = shapBars(state.context, model);
  if ('absent' in bars) return [{ title: 'SHAP values', finding: bars }];
  const features = shapFeatures(state.context, model);
  const feature = features.find((one) => one === state.search.feature) ?? features[0];
  return [
    { title: 'SHAP values', finding: bars },
    { title: 'How values push the prediction', finding: shapSwarm(state.context, model) },
    ...(feature === undefined
      ? []
      : [
          { title: 'Feature of the dependence', node: <Choice label="Feature" value={feature} options={features.map((value) => ({ value, label: value }))} onChange={(value) => state.change({ feature: value })} /> },
          { title: 'Dependence on one feature', finding: shapDependence(state.context, model, feature) },
        ]),
    { title: 'Permutation importance', finding: permutationBars(state.context, model) },
  ];
}
