import { useMemo } from 'react';
import { coefficientTable, correlationMap, groupMeans, nomogramOf, permutationBars, shapBars, shapDependence, shapFeatures, shapSwarm, trainedModels, type RunContext } from '@consilium/charts';
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
        return model === null ? null : <Choice label="Model" value={model} options={trainedModels(state.context).filter(({ suppressed }) => suppressed === undefined).map(({ name }) => ({ value: name, label: name }))} onChange={(value) => state.change({ model: value, patient: undefined })} />;
      }}
    >
      {(state) => {
        const model = modelOf(state);
        if (model === null) return <Panel title="Nothing to explain">No model has a result in this run.</Panel>;
        return <Figures state={state} model={model} />;
      }}
    </ResultPage>
  );
}

/** Figures are made once: the page is drawn anew with every value that a reader enters, and they do not change with it. */
function Figures({ state, model }: { readonly state: ResultState; readonly model: string }) {
  const { context, search, change } = state;
  const found = useMemo(() => nomogramOf(context, model), [context, model]);
  const features = useMemo(() => shapFeatures(context, model), [context, model]);
  const feature = features.find((one) => one === search.feature) ?? features[0];
  const shap = useMemo(() => shapFigures(context, model), [context, model]);
  const dependence = useMemo(() => (feature === undefined ? null : shapDependence(context, model, feature)), [context, model, feature]);
  const others = useMemo<Exhibit[]>(
    () => [
      { title: 'Selected features by hospital and outcome', finding: groupMeans(context) },
      { title: 'Correlation of the selected features', finding: correlationMap(context) },
      { title: `Coefficients of ${model}`, table: coefficientTable(context, model) },
    ],
    [context, model],
  );
  const items: Exhibit[] = [
    { title: 'Nomogram', finding: found },
    ...('model' in found ? [{ title: 'One patient', node: <NomogramPatient model={found.model} patient={search.patient} onPatient={(patient) => change({ patient })} key={model} /> }] : []),
    ...shap.slice(0, 2),
    ...(feature === undefined || dependence === null || shap.length < 2
      ? []
      : [
          { title: 'Feature of the dependence', node: <Choice label="Feature" value={feature} options={features.map((value) => ({ value, label: value }))} onChange={(value) => change({ feature: value })} /> },
          { title: 'Dependence on one feature', finding: dependence },
        ]),
    ...shap.slice(2),
    ...others,
  ];
  return <Exhibits items={items} frame={state.frame} />;
}

/** What each feature carries, how its values push, and what is lost without it. */
function shapFigures(context: RunContext, model: string): Exhibit[] {
  const bars = shapBars(context, model);
  if ('absent' in bars) return [{ title: 'SHAP values', finding: bars }];
  return [
    { title: 'SHAP values', finding: bars },
    { title: 'How values push the prediction', finding: shapSwarm(context, model) },
    { title: 'Permutation importance', finding: permutationBars(context, model) },
  ];
}
