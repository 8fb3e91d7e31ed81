import { coefficientTable, correlationMap, groupMeans, nomogramOf, permutationBars, shapBars, shapDependence, shapFeatures, shapSwarm, trainedModels } from '@consilium/charts';
import { Choice, DataTable, FindingFrame, Panel } from '@consilium/interface';
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
        const found = nomogramOf(state.context, model);
        const table = coefficientTable(state.context, model);
        return (
          <>
            <FindingFrame title="Nomogram" finding={found} number={1} {...state.frame} />
            {'model' in found && <NomogramPatient model={found.model} key={model} />}
            <FindingFrame title="Selected features by hospital and outcome" finding={groupMeans(state.context)} number={2} {...state.frame} />
            <FindingFrame title="Correlation of the selected features" finding={correlationMap(state.context)} number={3} {...state.frame} />
            <Shap state={state} model={model} />
            {typeof table !== 'string' && (
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

/** What each feature carries, how its values push, and what is lost without it. */
function Shap({ state, model }: { readonly state: ResultState; readonly model: string }) {
  const bars = shapBars(state.context, model);
  if ('absent' in bars) return <FindingFrame title="SHAP values" finding={bars} number={4} {...state.frame} />;
  const features = shapFeatures(state.context, model);
  const feature = features.find((one) => one === state.search.feature) ?? features[0];
  return (
    <>
      <FindingFrame title="SHAP values" finding={bars} number={4} {...state.frame} />
      <FindingFrame title="How values push the prediction" finding={shapSwarm(state.context, model)} number={5} {...state.frame} />
      {feature !== undefined && (
        <>
          <Choice label="Feature" value={feature} options={features.map((value) => ({ value, label: value }))} onChange={(value) => state.change({ feature: value })} />
          <FindingFrame title="Dependence on one feature" finding={shapDependence(state.context, model, feature)} number={6} {...state.frame} />
        </>
      )}
      <FindingFrame title="Permutation importance" finding={permutationBars(state.context, model)} number={7} {...state.frame} />
    </>
  );
}
