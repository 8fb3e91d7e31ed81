import { coefficientTable, comparisonTable, evaluated, isFigure, modelForest, trainedModels, validationsOf, preferred } from '@consilium/charts';
import { Choice, DataTable, FindingFrame, Panel } from '@consilium/interface';
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
      {(state) => {
        const comparisons = comparisonTable(state.context, validationOf(state));
        return (
          <>
            <FindingFrame title="Pooled AUC of each model" finding={modelForest(state.context, validationOf(state))} number={1} {...state.frame} />
            {typeof comparisons === 'string' ? (
              <Panel title="Differences between models">{comparisons}</Panel>
            ) : (
              <div className="panel">
                <DataTable table={comparisons} />
              </div>
            )}
            {trainedModels(state.context).map(({ name }) => {
              const table = coefficientTable(state.context, name);
              return typeof table === 'string' ? (
                <Panel key={name} title={`Coefficients of ${name}`}>
                  {table}
                </Panel>
              ) : (
                <div className="panel" key={name}>
                  <DataTable table={table} />
                </div>
              );
            })}
          </>
        );
      }}
    </ResultPage>
  );
}
