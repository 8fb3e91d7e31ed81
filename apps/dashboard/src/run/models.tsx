import { coefficientTable, comparisonTable, evaluated, isFigure, modelForest, modelTables, pipelineForest, reclassificationTable, settingsTable, trainedModels, validationsOf, preferred, type RunContext } from '@consilium/charts';
import { Choice } from '@consilium/interface';
import { Exhibits, type Exhibit } from './exhibits.js';
import { ResultPage, type ResultState } from './result-page.js';

const validationOf = ({ context, search }: ResultState): string => {
  const all = validationsOf(context);
  const most = [...all].sort((a, b) => (evaluated(context)?.rows[b.id] ? 1 : 0) - (evaluated(context)?.rows[a.id] ? 1 : 0))[0];
  return all.find(({ id }) => id === search.validation)?.id ?? most?.id ?? preferred(context)?.validation ?? 'test';
};

export function Models() {
  return (
    <ResultPage
      title="Which model is better?"
      answer={(state) => {
        const finding = modelForest(state.context, validationOf(state));
        return isFigure(finding) ? finding.figure.answer : finding.absent;
      }}
      controls={(state) => <Choice label="Validated" value={validationOf(state)} options={validationsOf(state.context).map(({ id, label }) => ({ value: id, label }))} onChange={(validation) => state.change({ validation })} />}
    >
      {(state) => <Exhibits items={exhibits(state)} frame={state.frame} />}
    </ResultPage>
  );
}

function exhibits(state: ResultState): Exhibit[] {
  const { context } = state;
  const validation = validationOf(state);
  return [
    { title: 'Pooled AUC of each model', finding: modelForest(context, validation) },
    ...sideBySide(context, validation),
    { title: 'Differences between models', table: comparisonTable(context, validation) },
    { title: 'Reclassification', table: reclassificationTable(context, validation) },
    ...(context.results.stages.pipeline === undefined ? [] : [{ title: 'Models of the pipeline on training patients', finding: pipelineForest(context) }]),
    { title: 'Settings of the models', table: settingsTable(context) },
    ...trainedModels(context).map(({ name }): Exhibit => ({ title: `Coefficients of ${name}`, table: coefficientTable(context, name) })),
  ];
}

function sideBySide(context: RunContext, validation: string): Exhibit[] {
  const [figures, calls] = modelTables(context, validation);
  if (!figures || !calls) return [{ title: 'Models side by side', table: 'Hospitals left out have no table over all of them.' }];
  return [
    { title: 'Models side by side', table: figures },
    { title: 'Calls of the models side by side', table: calls },
  ];
}
